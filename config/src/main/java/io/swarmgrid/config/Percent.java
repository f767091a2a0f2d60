package io.swarmgrid.config;

import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text of a percentage between 0% and 100%. */
final class Percent {
    private static final Pattern FORM = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,6})?)\\s*%");

    private Percent() {}

    static double parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches() || Double.parseDouble(form.group(1)) > 100) {
            throw new IllegalArgumentException("not a percentage between 0% and 100%: \"" + text + "\"");
        }
        return Double.parseDouble(form.group(1));
    }

    static String format(double percent) {
        return BigDecimal.valueOf(percent).stripTrailingZeros().toPlainString() + "%";
    }
}
