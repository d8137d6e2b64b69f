"""What a run asks of a device: operations, launches, attention shapes, FLOPs, bytes moved and alive; and what it should not ask."""

import weakref

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

CUDNN = "_scaled_dot_product_cudnn_attention"
ATTENTION = ("_scaled_dot_product_flash_attention", "_scaled_dot_product_efficient_attention", CUDNN)
PRODUCTS = ("mm", "addmm", "bmm", "baddbmm")
BATCHED = ("bmm", "baddbmm")
ROOM = ("empty", "empty_like", "new_empty", "empty_strided")
# Read a weight without copying it; a product of a matrix as large as the weight is no copy either.
READERS = PRODUCTS + ("embedding", "native_layer_norm", "_fused_adamw_")
MOST_SHAPES = 16
LARGE = 1 << 20


class Work:
    """Sums over operations. `moved` are the bytes that launches beside products and attention read and write; an operation that is a
    view or makes room launches nothing."""

    def __init__(self):
        self.operations, self.launches, self.products, self.causal, self.whole, self.moved = 0, 0, 0, 0, 0, 0
        self.calls = {}

    def flops(self):
        return self.products + self.causal + self.whole

    def since(self, before):
        """What came after `before`, a copy of this."""
        more = Work()
        for name, value in vars(self).items():
            old = getattr(before, name)
            setattr(more, name, {key: count - old.get(key, 0) for key, count in value.items() if count > old.get(key, 0)}
                    if name == "calls" else value - old)
        return more

    def copy(self):
        return self.since(Work())

    def said(self):
        calls = ", ".join(f"{count} of {name.removeprefix('_scaled_dot_product_').removesuffix('_attention')}"
                          for name, count in sorted(self.calls.items()))
        return (f"{self.operations:,} operations, {self.launches:,} launches, products {self.products / 1e12:.2f} TFLOP, attention causal "
                f"{self.causal / 1e12:.2f} and to earlier keys {self.whole / 1e12:.2f} TFLOP in calls: {calls or 'none'}; "
                f"the rest moves {self.moved / 2 ** 30:.1f} GiB")


class Ledger(TorchDispatchMode):
    """Give `device` and `precision` of what is expected, and the case's chunk, key heads and their width.

    @param batched whether plain products of scores are what this case is meant to do
    """

    def __init__(self, device, precision, chunk, key_heads, head_width, batched=False):
        super().__init__()
        self.device, self.precision, self.batched = device, precision, batched
        self.key_heads = key_heads
        # ALiBi's keys have eight entries more
        self.most_keys = chunk * key_heads * (head_width + 8)
        self.alive, self.peaks, self.storages = {}, {}, {}
        self.operations, self.work = {}, Work()
        # of what a pass asks for beside single queries and keys, and masks
        self.shapes, self.usual = set(), set()
        self.weights, self.caches, self.staged, self.watching = set(), set(), set(), True
        self.problems = {}

    # What the caller says

    def problem(self, text):
        self.problems[text] = self.problems.get(text, 0) + 1

    def weight(self, tensor):
        self.weights.add(tensor.untyped_storage()._cdata)

    def cache(self, tensor):
        self.caches.add(tensor.untyped_storage()._cdata)

    def one_pass(self, name):
        """A pass ends: its attention shapes are counted."""
        if len(self.shapes) > MOST_SHAPES:
            self.problem(f"{name}: {len(self.shapes)} attention shapes in one pass, at most {MOST_SHAPES}")
        count, self.shapes = len(self.shapes), set()
        return count

    # What the dispatcher says

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        result = function(*args, **kwargs)
        name = function._schema.name.split("::")[1]
        self.operations[name] = self.operations.get(name, 0) + 1
        self.work.operations += 1
        inputs = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)]
        outputs = [leaf for leaf in tree_leaves(result) if isinstance(leaf, torch.Tensor)]
        given = {tensor.untyped_storage()._cdata for tensor in inputs}
        made = [tensor for tensor in outputs if tensor.untyped_storage()._cdata not in given]
        if function.namespace == "aten" and not function.is_view:
            self._count(name, function, args, kwargs, outputs)
            if self.watching:
                self._watch(name, inputs, given, made)
        if kwargs.get("pin_memory"):
            # page-locked memory of the host, which a file is read to
            self.staged.update(tensor.untyped_storage()._cdata for tensor in outputs)
        if name == "copy_" and inputs[1:] and self._is_staged(inputs[1]) and not (len(args) > 2 and args[2]):
            self.problem("a copy from the host that the host waits for")
        for tensor in outputs:
            self._hold(tensor)
            if tensor.device.type != self.device and tensor.numel() > 0 and not self._is_staged(tensor):
                self.problem(f"{name} made {list(tensor.shape)} on {tensor.device}, not on {self.device}")
        return result

    def _count(self, name, function, args, kwargs, outputs):
        if name in ROOM:
            return
        self.work.launches += 1
        if name in PRODUCTS:
            a, b = args[-2:] if name in ("mm", "bmm") else args[1:3]
            self.work.products += 2 * a.numel() * b.shape[-1]
            self._product(name, a, b)
        elif name.removesuffix("_backward") in ATTENTION:
            backward = name.endswith("_backward")
            given = bound(function, args, kwargs)
            q, k, causal = given["query"], given["key"], given["is_causal"]
            pairs = q.shape[-2] * k.shape[-2] / (2 if causal else 1)
            flops = int((10 if backward else 4) * q.shape[0] * q.shape[1] * pairs * q.shape[-1])
            if causal:
                self.work.causal += flops
            else:
                self.work.whole += flops
            if not backward:
                self.work.calls[name] = self.work.calls.get(name, 0) + 1
                if min(q.shape[-2], k.shape[-2]) > 1 and given.get("attn_bias") is None:
                    self.usual.add(name)
                heads = entries(k) // (k.shape[-2] * k.shape[-1])
                if heads > self.key_heads:
                    self.problem(f"attention is given keys of {heads} heads in memory, the model has {self.key_heads}: they are repeated")
                self.shapes.add((name, tuple(q.shape), tuple(k.shape), causal) + (layout(q, k) if name == CUDNN else ()))
                if name == CUDNN and any(step == 0 and size > 1 for step, size in zip(k.stride(), k.shape)):
                    self.problem(f"cuDNN is given keys {list(k.shape)} repeated by a stride of zero: it repeats fewer heads itself")
                if given.get("attn_bias") is not None:
                    self._mask(given["attn_bias"], q)
        else:
            # what is written over is not read, but for sums into a tensor
            read = tree_leaves((args[1:] if name == "copy_" else args, {key: value for key, value in kwargs.items() if key != "out"}))
            self.work.moved += sum(entries(tensor) * tensor.element_size() for tensor in read + outputs if isinstance(tensor, torch.Tensor))

    def _product(self, name, a, b):
        if a.dtype != b.dtype:
            self.problem(f"product of {kind(a)} and {kind(b)}, {list(a.shape)} x {list(b.shape)}: a fake tensor allows it, no device does")
        if name in BATCHED and not self.batched:
            self.problem(f"plain product {list(a.shape)} x {list(b.shape)} in {kind(a)} where attention should be fused")
        elif a.dtype.itemsize > self.precision.itemsize and not (self.batched and a.dtype == torch.float32):
            self.problem(f"product {list(a.shape)} x {list(b.shape)} in {kind(a)} in a run of {8 * self.precision.itemsize} bits")

    def _mask(self, bias, q):
        stored = bias.untyped_storage().nbytes() // bias.element_size()
        if stored > 128 * q.shape[-2]:
            self.problem(f"a mask of {stored:,} entries in memory for {q.shape[-2]} queries")

    def _watch(self, name, inputs, given, made):
        largest = max((tensor.numel() for tensor in made), default=0)
        if name.removesuffix("_backward") in ATTENTION:
            return
        if largest > self.most_keys and given & self.caches and name not in ROOM and not self.batched:
            self.problem(f"{name} copies keys or values: {largest:,} entries, a chunk has {self.most_keys:,}")
        for tensor in inputs:
            if tensor.dim() > 1 and tensor.untyped_storage()._cdata in self.weights and name not in READERS + ROOM \
                    and largest >= tensor.numel():
                self.problem(f"{name} copies a weight of {list(tensor.shape)}")
            if name in ("clone", "_to_copy", "copy_", "cat") and not self.batched and tensor.numel() >= LARGE \
                    and any(step == 0 and size > 1 for step, size in zip(tensor.stride(), tensor.shape)):
                self.problem(f"{name} writes out {list(tensor.shape)}, which was repeated by a stride of zero")

    @property
    def peak(self):
        """Of the device that gave most."""
        return max(self.peaks.values(), default=0)

    def _is_staged(self, tensor):
        return tensor.untyped_storage()._cdata in self.staged

    def _hold(self, tensor):
        storage = tensor.untyped_storage()
        key, size = storage._cdata, storage.nbytes()
        if key not in self.storages:
            place = str(tensor.device)
            self.storages[key] = size
            self.alive[place] = self.alive.get(place, 0) + size
            self.peaks[place] = max(self.peaks.get(place, 0), self.alive[place])
            weakref.finalize(storage, self._release, key, size, place)

    def _release(self, key, size, place):
        if self.storages.pop(key, None) is not None:
            self.alive[place] -= size
        self.staged.discard(key)
        self.caches.discard(key)
        self.weights.discard(key)


def bound(function, args, kwargs):
    """Arguments by name, with the defaults of those left out."""
    given = {argument.name: argument.default_value for argument in function._schema.arguments}
    given.update(zip((argument.name for argument in function._schema.arguments), args))
    return {**given, **kwargs}


def layout(q, k):
    """What cuDNN's plans are kept by besides sizes: one is built anew for other strides."""
    return tuple(q.stride()), tuple(k.stride())


def entries(tensor):
    """Without those repeated by a stride of zero."""
    count = 1
    for size, step in zip(tensor.shape, tensor.stride()):
        count *= size if step else 1
    return count


def kind(tensor):
    return {torch.float32: "f32", torch.bfloat16: "bf16", torch.float64: "f64", torch.float16: "f16"}.get(tensor.dtype, str(tensor.dtype))
