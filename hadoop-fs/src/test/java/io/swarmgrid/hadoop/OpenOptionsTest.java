package io.swarmgrid.hadoop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.impl.OpenFileParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenOptionsTest {
    /** "The first one recognized/supported by the filesystem SHALL be the one used." */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "random | true",
                "whole-file | false",
                "default | false",
                "Vector | true",
                "parquet, columnar, vector, random | true",
                "hbase-hfile, random | true",
                "made-up, sequential, random | false",
                "adaptive, random | false",
                "made-up | false",
                "'' | false",
            })
    void followsTheFirstPolicyThatItKnows(String policies, boolean random) {
        Configuration options = new Configuration(false);
        options.set("fs.option.openfile.read.policy", policies);
        assertThat(OpenOptions.random(
                        new OpenFileParameters().withOptions(options).withMandatoryKeys(Set.of())))
                .isEqualTo(random);
    }

    @Test
    void expectsAFileToBeReadFromItsFrontWhereNothingIsSaid() {
        OpenFileParameters nothing =
                new OpenFileParameters().withOptions(new Configuration(false)).withMandatoryKeys(Set.of());
        assertThat(OpenOptions.random(nothing)).isFalse();
    }

    @Test
    void refusesWhatMustBeUnderstoodAndIsNot() {
        OpenFileParameters parameters = new OpenFileParameters()
                .withOptions(new Configuration(false))
                .withMandatoryKeys(Set.of("fs.option.openfile.length", "fs.other.speed"));
        assertThatThrownBy(() -> OpenOptions.random(parameters))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unknown option of openFile: fs.other.speed");
    }
}
