package io.longrope.evaluator.text;

import io.longrope.search.work.SampleShare;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What the shares of a text hold, so that the room for samples is known without the text.
 *
 * @param pieces tokens of each document, or of the part of one that lies in the share, by share
 */
public record ShareTexts(Map<SampleShare, List<Long>> pieces) {

    public ShareTexts {
        pieces = Map.copyOf(pieces);
    }

    public static ShareTexts of(TokenFile tokens) {
        var pieces = new EnumMap<SampleShare, List<Long>>(SampleShare.class);
        for (var share : SampleShare.values()) {
            long from = ShareWindows.border(tokens, share.ordinal());
            long to = ShareWindows.border(tokens, share.ordinal() + 1);
            var inShare = new ArrayList<Long>();
            for (long document = 0; document < tokens.documents(); document++) {
                long piece = Math.min(to, tokens.start(document + 1)) - Math.max(from, tokens.start(document));
                if (piece > 0) {
                    inShare.add(piece);
                }
            }
            pieces.put(share, List.copyOf(inShare));
        }
        return new ShareTexts(pieces);
    }

    /** How many samples of that many tokens of text a share has room for; documents all shorter than one are read as one text. */
    public long room(SampleShare share, int window) {
        var inShare = pieces.getOrDefault(share, List.of());
        long room = inShare.stream().mapToLong(piece -> piece / window).sum();
        return room > 0 ? room : inShare.stream().mapToLong(Long::longValue).sum() / window;
    }
}
