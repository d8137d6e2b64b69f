package io.longrope.evaluator.checkpoint.internal;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Tensor names as the model classes of transformers have them, made of what other programs save: without the prefix of the
 * bare model, or with that of a wrapper (torch.compile, data parallel, a model of several parts).
 */
public final class WeightNames {

    private static final String PROOF = "model.embed_tokens.weight";
    private static final Pattern WRAPPERS =
            Pattern.compile("^(?:_orig_mod\\.|module\\.|base_model\\.model\\.|language_model\\.|transformer\\.)+");
    private static final Pattern INNER = Pattern.compile("^model\\.(?:_orig_mod\\.|module\\.|language_model\\.)+");
    private static final Pattern BARE = Pattern.compile("^(?:embed_tokens|layers|norm)\\..*");

    private WeightNames() {
    }

    /** Whether the names must be changed to be those of transformers, and can be. */
    public static boolean areNearMisses(Set<String> names) {
        return !names.contains(PROOF) && names.stream().map(WeightNames::usual).anyMatch(PROOF::equals);
    }

    /** The name without prefixes of wrappers, with that of the model. */
    public static String usual(String name) {
        var unwrapped = INNER.matcher(WRAPPERS.matcher(name).replaceFirst("")).replaceFirst("model.");
        return BARE.matcher(unwrapped).matches() ? "model." + unwrapped : unwrapped;
    }

    /** At most three names that end as the given one does. */
    public static List<String> near(String name, Collection<String> names) {
        int dot = name.lastIndexOf('.', name.lastIndexOf('.') - 1);
        var end = name.substring(dot + 1);
        return names.stream().filter(other -> other.endsWith(end)).limit(3).toList();
    }
}
