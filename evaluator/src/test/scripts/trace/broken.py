"""Copies of the script with one thing broken: the trace must find each, or it finds nothing."""

import decoder_script
import trace_gpu

DECODER, METHODS, TRAINING = decoder_script.SOURCES

# what is broken, file, text, its replacement, part of the name of a case that meets it, part of what must be found
COPIES = [
    ("a tensor made without a device", DECODER, "out = torch.empty([T], dtype=6, layout=None, device=ops.prim.device(x), pin_memory=None",
     "out = torch.empty([T], dtype=6, layout=None, device=None, pin_memory=None", "llama-2-7b score 11000 f32", "on cpu"),
    ("positions made without a device, in training", TRAINING, "device=ops.prim.device(q), pin_memory=None)   # [T]",
     "device=None, pin_memory=None)   # [T]", "longrope-xpos train 2048 bf16", "device"),
    ("scores by an f32 product", DECODER,
     "    elif in_f32 or E > 256 or torch.__contains__(w, \"efficient\"):\n      o, lse, seed, offset = "
     "torch._scaled_dot_product_efficient_attention(q, k, v, None, True, 0., causal, scale=scale)",
     "    elif True:\n      o, lse = (self).plain(q, k, v, causal, None, scale)",
     "llama-biased score 9001 bf16", "plain product"),
    ("a layer in f32", DECODER, "    y = torch.linear(h, w[name])  ", "    y = torch.linear(torch.to(h, 6), torch.to(w[name], 6))  ",
     "llama-biased score 9001 bf16", "in f32 in a run of 16 bits"),
    ("scores one by one in training", TRAINING, "    if torch.__not__(ops.prim.is_cpu(q)) and torch.__not__(one_by_one):",
     "    if torch.__not__(one_by_one) and False:", "llama-biased train 2048 bf16", "plain product"),
    ("a new shape for each chunk", DECODER,
     "      n = min(n, s - at)\n", "      n = s - at\n", "llama-3-8b score 131072 bf16", "attention shapes"),
    ("a mask for a window", DECODER,
     "      last, lse = (self).attend_last((self).grouped(q, K), keys, values, w, scale, window)   # [K, G, C, E]\n",
     "      at = torch.arange(S, dtype=4, layout=None, device=ops.prim.device(q), pin_memory=None)\n"
     "      seen = torch.lt(torch.unsqueeze(torch.narrow(at, 0, S - C, C), -1) - at, window)\n"
     "      last, lse = (self).fused((self).grouped(q, K), (self).repeated(keys, G), (self).repeated(values, G), False, "
     "(self).additive(seen, q), w, scale)\n", "mistral-7b score 11000 f32", "a mask of"),
    ("a mask for what is near", METHODS,
     "    if ops.prim.is_cpu(q):\n      o, lse = (self).attend_near", "    if True:\n      o, lse = (self).attend_near",
     "score 9001 bf16, 2 layers, rerope", "a mask of"),
    ("keys copied for each query head", DECODER,
     "      y = torch.expand(torch.unsqueeze(torch.transpose(keys, 0, 1), 1), [K, times, S, E])  ",
     "      y = torch.expand(torch.unsqueeze(torch.transpose(keys, 0, 1), 1), [K, times, S, E]).contiguous()  ",
     "llama-biased score 9001 bf16", "copies keys"),
    ("a weight copied", DECODER, "    y = torch.linear(h, w[name])  ", "    y = torch.linear(h, torch.clone(w[name]))  ",
     "llama-biased score 9001 bf16", "copies a weight"),
    ("a wait for the device", DECODER,
     "      outgrown = torch.size(w[\"near\"], 0)\n", "      outgrown = torch.size(w[\"near\"], 0) + int(torch.sum(w[\"near\"]))\n",
     "score 9001 bf16, 2 layers, rerope", "stopped"),
    ("an operation that torch lacks", DECODER,
     "torch.lerp(", "torch.linear_interpolation(", "llama-biased score 9001 bf16", "linear_interpolation"),
    ("an argument that torch lacks", DECODER, "0., causal, False, scale=scale)", "0., causal, False, scale=scale, window=1)",
     "llama-biased score 9001 bf16", "window"),
    ("a new shape for each chunk, of cuDNN's call", DECODER,
     "      n = min(n, s - at)\n", "      n = s - at\n", "llama-3.2-1b score 9001 bf16, 2 layers, chunk 100, cudnn", "attention shapes"),
    ("strides of its own for each chunk, of cuDNN's call", DECODER,
     "      q = (self).turn(unturned, cos_rows, sin_rows)                                   # [C, H, E]\n",
     "      wider = torch.cat([(self).turn(unturned, cos_rows, sin_rows), torch.narrow(unturned, 1, 0, torch.remainder(i, 31))], 1)\n"
     "      q = torch.narrow(wider, 1, 0, heads)\n", "llama-3.2-1b score 9001 bf16, 2 layers, chunk 100, cudnn", "attention shapes"),
    ("a wait for the device behind cuDNN's call", DECODER,
     "      lse = torch.reshape(lse, [K, G, C])  ", "      lse = torch.reshape(lse, [K, G, C + 0 * int(torch.sum(lse))])  ",
     "llama-3.2-1b score 9001 bf16, 2 layers, chunk 100, cudnn", "stopped"),
    ("keys repeated for cuDNN", DECODER, "    if torch.stride(keys, 1) == 0:\n", "    if torch.stride(keys, 1) < 0:\n",
     "llama-3.2-1b score 9001 bf16, 2 layers, chunk 100, cudnn", "stride of zero"),
    ("another call than the log tells", DECODER,
     "torch.__contains__(w, \"cudnn\") and E <= 128", "torch.__contains__(w, \"cudnn\") and E <= 32",
     "llama-3.2-1b score 9001 bf16, 2 layers, chunk 100, cudnn", "the log says cudnn"),
    ("memory-efficient attention where FlashAttention is told of", DECODER, "    elif in_f32 or E > 256 or", "    elif in_f32 or E > 32 or",
     "llama-3.2-1b score 9001 bf16, 2 layers, chunk 100", "the log says flash"),
    ("an upload that the host waits for", DECODER, "torch.copy_(bits, torch.narrow(staged, 0, 0, n), True)",
     "torch.copy_(bits, torch.narrow(staged, 0, 0, n), False)", "llama-3.2-1b score 9001 f32, 4 GB", "the host waits for"),
    ("a part of a file that stays on the host", DECODER, "    bits = torch.new_empty(like, [n], dtype=5)  ",
     "    bits = torch.new_empty(staged, [n], dtype=5)  ", "llama-3.2-1b score 9001 f32, 4 GB", "on cpu"),
    ("hidden states that stay on the device before", DECODER, "return torch.copy_(torch.new_empty(like, torch.size(x), ",
     "return torch.copy_(torch.new_empty(x, torch.size(x), ", "llama-biased score 9001 bf16, 2 devices", "stopped"),
    ("keys repeated for grouped heads in training, by an index", TRAINING,
     "      keys = (self).repeated(torch.select(k, 0, n), G)   ",
     "      of = torch.floordiv(torch.arange(H, dtype=4, layout=None, device=ops.prim.device(q), pin_memory=None), G)\n"
     "      many = torch.index_select(torch.select(k, 0, n), 1, of)\n"
     "      keys = torch.reshape(torch.transpose(many, 0, 1), [K, G, T, E])   ",
     "llama-3.2-1b train 8192 bf16", "keys of 32 heads"),
    ("a feed-forward in training that takes all rows at once", TRAINING, "    return 8192\n", "    return 1073741824\n",
     "qwen3-8b train 32768 bf16, 2 layers", "MemoryPlan"),
    ("products of scores in training, a head at a time", TRAINING,
     "      o, lse = (self).fused(heads, keys, values, True, None, w, scale)\n",
     "      rows = annotate(List[Tensor], [])\n"
     "      for a in range(H):\n"
     "        query = torch.select(torch.reshape(heads, [H, T, E]), 0, a)\n"
     "        key = torch.select(torch.select(keys, 0, torch.floordiv(a, G)), 0, torch.remainder(a, G))\n"
     "        value = torch.select(torch.select(values, 0, torch.floordiv(a, G)), 0, torch.remainder(a, G))\n"
     "        rows.append(torch.mm(torch.softmax(torch.mm(query, torch.transpose(key, 0, 1)) * scale, -1), value))\n"
     "      o = torch.stack(rows, 0)\n", "llama-biased train 2048 bf16", "the model's shape asks for"),
    ("a product in f64 of what is no weight", DECODER, "    return torch.to(torch.linear(h, w[\"head\"]), 6)  ",
     "    wide = torch.to(h, 7)\n"
     "    more = torch.to(torch.mm(wide, torch.transpose(torch.narrow(wide, 0, 0, 1), 0, 1)), 6)\n"
     "    return torch.to(torch.linear(h, w[\"head\"]), 6) + more  ",
     "llama-biased score 9001 f32", "in f64 in a run of 32 bits"),
    ("FlashAttention to earlier keys where cuDNN is told of", DECODER,
     "      more, more_lse = (self).fused(q, torch.narrow(k, 2, at, n), torch.narrow(v, 2, at, n), False, None, w, scale)\n",
     "      more, more_lse, a, b, c, d, e, f, g = torch._scaled_dot_product_flash_attention(q, torch.narrow(k, 2, at, n), "
     "torch.narrow(v, 2, at, n), 0., False, False, scale=scale)\n",
     "llama-3.2-1b score 9001 bf16, 2 layers, chunk 100, cudnn", "the log says cudnn"),
    ("a norm row by row", DECODER, "      y = torch.mul_(y, weight)  ",
     "      for row in range(C):\n        torch.mul_(torch.narrow(y, 0, row, 1), weight)\n      y = y  ",
     "llama-biased score 9001 bf16", "launches for"),
    ("attention to earlier keys twice", DECODER, "      o, lse = (self).join_attention(o, lse, more, more_lse)\n      at = at + n\n",
     "      again, again_lse = (self).fused(q, torch.narrow(k, 2, at, n), torch.narrow(v, 2, at, n), False, None, w, scale)\n"
     "      o, lse = (self).join_attention(o, lse, more, again_lse)\n      at = at + n\n",
     "llama-biased score 9001 bf16", "the model's shape asks for"),
    ("keys and values of twice the width", DECODER, "    return torch.new_empty(like, [length, key_heads, head_width]) ",
     "    return torch.new_empty(like, [2 * length, key_heads, head_width]) ", "llama-2-7b score 131072 bf16", "MemoryPlan"),
]


def run(cases):
    """How many copies pass for sound."""
    unfound = 0
    for what, name, text, replacement, only, expected in COPIES:
        sources = decoder_script.read()
        if text not in sources[name]:
            raise SystemExit(f"{what}: the script has no such text any more, write the copy anew: {text}")
        sources[name] = sources[name].replace(text, replacement, 1)
        chosen = [case for case in cases if only in case["name"]][:1]
        if not chosen:
            raise SystemExit(f"{what}: no case is called {only}")
        said, problems = trace_gpu.attempt(lambda: trace_gpu.trace(chosen[0], decoder_script.Script(sources, mark=False)))
        found = [problem for problem in problems if expected in problem]
        unfound += not found
        print(f"{'found' if found else 'NOT FOUND'}: {what}: {(found or list(problems) or ['nothing'])[0][:200]}", flush=True)
    print(f"{len(COPIES)} broken copies, {unfound} not found")
    return unfound
