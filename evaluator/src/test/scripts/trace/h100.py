"""Seconds of a pass on an H100 SXM, calculated from what the ledger counts; nothing here was measured by this project.

A launch lasts as long as its work takes at the speeds below, or as the host needs to ask for it, whichever is longer; work on the
device goes on while the host asks for more, so of a pass the sums of both are compared. Speeds: matrix products in bf16 at 650 TFLOP/s,
what large ones are reported to reach of the card's 989; attention with heads of 128 as FlashAttention-3's figures have it at
16k (arXiv 2407.08608); memory at four fifths of 3.35 TB/s; the host at 10 microseconds an operation, views included.
"""

PEAK = 989e12
PRODUCTS = 650e12
# causal, and all keys seen
ATTENTION = {"_scaled_dot_product_cudnn_attention": (539e12, 595e12), "_scaled_dot_product_flash_attention": (335e12, 370e12)}
MEMORY = 0.8 * 3.35e12
HOST_SECONDS = 10e-6
# weights from files in the page cache: four threads of 8 GB/s each, half of what a link of PCIe 5 with 16 lanes carries
READ = 32e9
# shorter passes are not what the speeds are for; of what is read beside them, half of that will do
LEAST_TOKENS = 1 << 16
LEAST_STREAMED = 1 << 15


def seconds(work):
    """On the device, and of the host that asks."""
    name = max(work.calls, key=work.calls.get) if work.calls else None
    causal, whole = ATTENTION.get(name, (float("nan"), float("nan"))) if name else (1.0, 1.0)
    return work.products / PRODUCTS + work.causal / causal + work.whole / whole + work.moved / MEMORY, work.operations * HOST_SECONDS


def said(layers, until_the_end, whole):
    """`layers`: the work of each; the losses after the last are what `whole` has more than `until_the_end`."""
    ends = whole.since(until_the_end)
    parts = [seconds(work) for work in layers + [ends]]
    device, host = (sum(part[i] for part in parts) for i in (0, 1))
    if device != device:
        return "no figures of an H100 for this call"
    flops = sum(work.flops() for work in layers) + ends.flops()
    took = max(device, host)
    return (f"calculated on an H100: {took:.1f} s, {flops / took / 1e12:.0f} TFLOP/s, {flops / took / PEAK:.1%} of its peak "
            f"({flops / 1e12:,.0f} TFLOP; the device works {device:.1f} s, the host {host:.1f} s)")


def streaming(case):
    """What reading layers for each pass costs: beside the arithmetic, on a stream of its own, and in line with it."""
    shape, length = case["model"], case["length"]
    layer = sum(a * b for a, b in (size for size in shape["layers"][0]["weights"].values() if len(size) == 2))
    count = len(shape["layers"])
    causal, whole = ATTENTION["_scaled_dot_product_cudnn_attention" if case["call"] == "cudnn" else "_scaled_dot_product_flash_attention"]
    arithmetic = 2 * length * (layer * count + shape["vocabulary"] * shape["width"]) / PRODUCTS
    arithmetic += count * 2 * shape["heads"] * shape["headWidth"] * length ** 2 / whole
    reading = case["bytesRead"] / READ
    return (f"calculated on an H100: {case['bytesRead'] / 1e9:.1f} GB a pass are read in {reading:.2f} s beside {arithmetic:.1f} s of "
            "products and attention:"
            f" {max(0, reading / arithmetic - 1):.1%} longer on a stream of its own, {reading / arithmetic:.1%} in line")
