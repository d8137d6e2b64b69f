package io.longrope.evaluator.checkpoint.internal;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Tensor names as the model classes of transformers have them, made of what other programs save: without the prefix of the
 * bare model, or with that of a wrapper (torch.compile, data parallel, a model of several parts). Wrappers of single modules
 * (torch.compile by layer, FSDP, recomputation) leave their name in the midst of others.
 */
public final class WeightNames {

    private static final String PROOF = "model.embed_tokens.weight";
    private static final Pattern ANYWHERE =
            Pattern.compile("(?<=^|\\.)(?:_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module|_forward_module)\\.");
    private static final Pattern WRAPPERS = Pattern.compile("^(?:module\\.|base_model\\.model\\.|language_model\\.|transformer\\.)+");
    private static final Pattern INNER = Pattern.compile("^model\\.(?:module\\.|language_model\\.|model\\.)+");
    private static final Pattern BARE = Pattern.compile("^(?:embed_tokens|layers|norm)\\..*");

    private WeightNames() {
    }

    /** Whether the names must be changed to be those of transformers, and can be. */
    public static boolean areNearMisses(Set<String> names) {
        return names.stream().anyMatch(name -> ANYWHERE.matcher(name).find())
                || !names.contains(PROOF) && names.stream().map(WeightNames::usual).anyMatch(PROOF::equals);
    }

    /** The name without prefixes of wrappers, with that of the model. */
    public static String usual(String name) {
        var outer = WRAPPERS.matcher(ANYWHERE.matcher(name).replaceAll("")).replaceFirst("");
        var unwrapped = INNER.matcher(outer).replaceFirst("model.");
        return BARE.matcher(unwrapped).matches() ? "model." + unwrapped : unwrapped;
    }

    /** At most three names that end as the given one does. */
    public static List<String> near(String name, Collection<String> names) {
        int dot = name.lastIndexOf('.', name.lastIndexOf('.') - 1);
        var end = name.substring(dot + 1);
        return names.stream().filter(other -> other.endsWith(end)).limit(3).toList();
    }
}
