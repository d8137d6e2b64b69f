"""A case of TraceCases.java: its tensors, and the calls that Java makes with them."""

import torch

PART_POSITIONS = 1 << 14
PART_BYTES = 8 << 20
# threads that read, and what each has on the device of a piece: as it came, as what it is, and converted
READERS, FORMS = 4, 3
F32 = torch.float32


class Model:
    """Weights and tables of a case on its devices. `fill(shape, dtype, device)` makes a tensor there; `ledger` is told what is what."""

    def __init__(self, case, script, device, fill, ledger):
        self.case, self.script, self.device, self.fill, self.ledger = case, script, device, fill, ledger
        self.shape = case["model"]
        self.dtype = {"f32": F32, "bf16": torch.bfloat16, "f16": torch.float16}[case["precision"]]
        # arithmetic.json and training have one device
        self.shares = case.get("shares") or [{"from": 0, "count": len(self.shape["layers"]), "streamed": []}]
        self.streamed = {index for share in self.shares for index in share["streamed"]}
        tall = [self.shape["vocabulary"], self.shape["width"]]
        embedding = self.weight(tall)
        self.layers = []
        for number, share in enumerate(self.shares):
            self.on(number)
            self.layers += [None if index in self.streamed else self.dictionary(self.shape["layers"][index])
                            for index in range(share["from"], share["from"] + share["count"])]
        head = embedding if self.shape["tied"] and len(self.shares) == 1 else self.weight(tall)
        self.ends = {"embedding": embedding, "norm": self.weight([self.shape["width"]]), "head": head}
        self.on(0)

    def on(self, number):
        """From now on tensors are made on that device."""
        if len(self.shares) > 1:
            self.device = f"cuda:{number}"

    def share(self, index):
        """Number of the device that has a layer."""
        return next(number for number, share in enumerate(self.shares) if index < share["from"] + share["count"])

    def weight(self, shape, dtype=None):
        tensor = self.fill(shape, dtype or self.dtype, self.device)
        if self.ledger:
            self.ledger.weight(tensor)
        return tensor

    def dictionary(self, layer):
        w = {name: self.weight(shape) for name, shape in sorted(layer["weights"].items())}
        if layer["slopes"]:
            heads = self.shape["heads"]
            w["slopes"] = torch.pow(2.0, torch.arange(1, heads + 1, device=self.device) * (-8.0 / heads))
        if layer["decay"]:
            w["decay"] = torch.full([self.shape["headWidth"]], -1e-3, device=self.device)
        if layer["unturned"]:
            w["unturned"] = self.size(1)
        for name, size in layer["sizes"].items():
            w[name] = self.size(size)
        return w

    def size(self, number):
        return torch.zeros([number, 0], device=self.device)

    def tables(self, length, pairs=None, sequences=0):
        """As Rotary makes them, part by part; with `sequences` [N, T, P]."""
        pairs = self.shape["pairs"] if pairs is None else pairs
        frequencies = torch.pow(10000.0, torch.arange(pairs, device=self.device, dtype=torch.float64) / -max(pairs, 1))
        places = torch.arange(length, device=self.device, dtype=torch.float64)
        if sequences:
            places = places.repeat(sequences, 1)
        rows = max(1, PART_POSITIONS // (places.numel() // places.shape[0]))
        made = [self.script.rotary_tables(self.script.rows(places, row, min(rows, places.shape[0] - row)), frequencies, frequencies, 4, 1.1)
                for row in range(0, places.shape[0], rows)]
        return self.script.join([pair[0] for pair in made]), self.script.join([pair[1] for pair in made])


class Passes:
    """Scoring and generating, layer by layer."""

    def __init__(self, model, length, keeps_all_layers):
        self.model, self.length, self.keeps = model, length, keeps_all_layers
        self.groups = {}

    def layer(self, index):
        """cos, sin, query scale, window and dictionary of a layer."""
        model, layer = self.model, self.model.shape["layers"][index]
        group = self.groups.setdefault((layer["local"], self.model.device), {})
        if "tables" not in group:
            group["tables"] = model.tables(self.length)
        w = dict(model.layers[index] or self.uploaded(index))
        for name in layer["tables"]:
            if name not in group:
                group[name] = model.tables(self.length)
            w[name + "_cos"], w[name + "_sin"] = group[name]
        if layer["far"]:
            if "far_keys" not in group or self.keeps:
                group["far_keys"] = self.cache(self.length)
            w["far_keys"] = group["far_keys"]
        cos, sin = group["tables"]
        if layer["unturned"]:
            cos = sin = torch.zeros([self.length, 0], device=model.device)
        scale = torch.ones(self.length if layer["queryScale"] else 0, device=model.device)
        return cos, sin, scale, layer["window"], w

    def cache(self, length):
        shape = self.model.shape
        like = torch.empty([1], device=self.model.device, dtype=self.model.dtype)
        made = self.model.script.new_cache(like, length, shape["keyHeads"], shape["headWidth"])
        if self.model.ledger:
            self.model.ledger.cache(made)
        return made

    def constants(self, window):
        shape = self.model.shape
        return (shape["heads"], shape["keyHeads"], shape["headWidth"], shape["scale"], window, 1 if shape["gelu"] else 0, shape["eps"],
                self.model.case["chunk"])

    def embed(self, ids):
        return self.model.script.embed(ids, self.model.ends["embedding"], self.model.shape["embeddingScale"])

    def uploaded(self, index):
        """As StreamedLayers: into two buffers of a device in turn, part by part through page-locked memory."""
        model, script = self.model, self.model.script
        turn = self.groups.setdefault(("buffers", model.device), [None, None])
        # the next layer is read while this one is computed: what its readers have stays
        self.groups.setdefault(("pieces", model.device),
                               torch.empty([READERS * FORMS * PART_BYTES], device=model.device, dtype=torch.uint8))
        turn.reverse()
        if turn[0] is None:
            turn[0] = {name: script.room(torch.empty([0], device=model.device, dtype=model.dtype), shape)
                       for name, shape in sorted(model.shape["layers"][index]["weights"].items())}
            for tensor in turn[0].values():
                model.ledger.weight(tensor)
        staged, kind = script.staging(PART_BYTES // 2, True), 6 if model.dtype == F32 else 15
        for weight in turn[0].values():
            halves = weight.numel() * model.dtype.itemsize // 2
            for start in range(0, halves, PART_BYTES // 2):
                count = min(PART_BYTES // 2, halves - start)
                bits = script.upload(staged, count, weight, model.dtype == F32)
                script.put(weight, start * 2 // model.dtype.itemsize, bits, kind, kind, 0.0)
            script.first(weight)
        constants = model.dictionary({**model.shape["layers"][index], "weights": {}})
        return {**constants, **turn[0]}

    def score(self, ids, targets, layers, each=lambda index: None):
        x, number = self.embed(ids), 0
        for index in layers:
            if self.model.share(index) != number:
                number = self.model.share(index)
                self.model.on(number)
                x = self.model.script.moved(x, torch.empty([1], device=self.model.device, dtype=self.model.dtype))
                self.groups.clear()
            cos, sin, scale, window, w = self.layer(index)
            # as `layer` of the script does, but so that the caches are known
            keys, values = self.cache(self.length), self.cache(self.length)
            self.model.script.layer_after(x, cos, sin, scale, keys, values, 0, w, *self.constants(window))
            del keys, values
            each(index)
        targets = targets if targets.device == x.device else torch.zeros_like(targets, device=x.device)
        return self.model.script.losses(x, targets, self.model.ends, self.model.shape["eps"], self.model.case["chunk"])

    def start(self, layers):
        self.caches = [(self.cache(self.length), self.cache(self.length)) for _ in layers]
        self.given = [self.layer(index) for index in layers]

    def extend(self, ids, start):
        script, x, n = self.model.script, self.embed(ids), ids.shape[0]
        for (keys, values), (cos, sin, scale, window, w) in zip(self.caches, self.given):
            script.layer_after(x, script.rows(cos, start, n), script.rows(sin, start, n),
                               script.rows(scale, start, n) if scale.numel() else scale,
                               keys, values, start, w, *self.constants(window))
        return script.logits(script.rows(x, n - 1, 1), self.model.ends, self.model.shape["eps"])


class Training:
    """A step of two micro-batches, as Trainer and GradientPass make it."""

    def __init__(self, model, ids=None):
        self.model, self.case = model, model.case
        self.watch(False)                                      # masters are copies of weights
        self.ids = ids or (lambda *shape: torch.zeros(shape, device=model.device, dtype=torch.long))
        self.how = dict({"lora": None, "documents": None, "drawn": False, "perLayer": False, "longCe": False}, **self.case["training"])
        self.parameters = []                                   # [layer or name, value]
        if self.how["lora"]:
            self.adapt(self.how["lora"])
        else:
            self.parameters.append(("embedding", model.ends["embedding"]))
            for index, layer in enumerate(model.shape["layers"]):
                self.parameters += [(index, model.layers[index][name]) for name in layer["weights"]]
            self.parameters.append(("end", model.ends["norm"]))
            if not model.shape["tied"]:
                self.parameters.append(("end", model.ends["head"]))
        values = [value for _, value in self.parameters]
        self.masters = values if model.dtype == F32 else [value.detach().to(F32) for value in values]
        self.first, self.second = [self.state(value) for value in values], [self.state(value) for value in values]
        self.counts = [torch.zeros([], device=model.device) for _ in values]
        for value in values:
            value.requires_grad_(True)
        self.watch(True)

    def watch(self, flag):
        if self.model.ledger:
            self.model.ledger.watching = flag

    def state(self, value):
        return torch.zeros(list(value.shape), device=self.model.device, dtype=F32)

    def adapt(self, rank):
        for index, layer in enumerate(self.model.shape["layers"]):
            w = self.model.layers[index]
            w["lora_scale"] = torch.ones([], device=self.model.device)
            for name in self.case["targets"]:
                out, width = layer["weights"][name]
                w[name + "_lora_a"] = self.model.fill([rank, width], self.model.dtype, self.model.device)
                w[name + "_lora_b"] = self.model.fill([out, rank], self.model.dtype, self.model.device)
                self.parameters += [(index, w[name + "_lora_a"]), (index, w[name + "_lora_b"])]

    def of(self, *places):
        return [value for place, value in self.parameters if place in places]

    def inputs(self):
        n, length, shape = self.how["microBatch"], self.case["length"], self.model.shape
        count = len(shape["layers"]) if self.how["perLayer"] else 1
        tables = [self.model.tables(length, sequences=n if self.how["drawn"] else 1) for _ in range(count)]
        cos, sin = [pair[0] for pair in tables], [pair[1] for pair in tables]
        return self.ids(n, length), self.ids(n, length), cos, sin, self.how["documents"] or []

    def constants(self):
        return self.model.shape["heads"], self.model.shape["keyHeads"], self.model.shape["eps"]

    def hidden(self, ids, cos, sin, documents):
        """Without gradients, a layer at a time."""
        script, model = self.model.script, self.model
        x = script.training_embed(ids, model.ends)
        for index, w in enumerate(model.layers):
            x = script.training_layer(x, cos[index % len(cos)], sin[index % len(sin)], documents, w, *self.constants())
        return x

    def weights(self, inputs):
        """Of the losses; those of LongCE are made of losses too, of the sequence and of parts of it, and are at most 5."""
        if not self.how["longCe"]:
            return []
        ids, targets, cos, sin, documents = inputs
        losses = self.model.script.token_losses(self.hidden(ids, cos, sin, documents), targets, self.model.ends, self.model.shape["eps"],
                                                1024)
        return [losses.div(8).exp().clamp(max=5).view(targets.shape)]

    def gradients(self, inputs):
        ids, targets, cos, sin, documents = inputs
        weights = self.weights(inputs)
        if self.how["recompute"]:
            return self.by_layers(*inputs, weights)
        with torch.enable_grad():
            return self.model.script.gradients(ids, targets, cos, sin, documents, weights, self.model.layers, self.model.ends,
                                               *self.constants(), [value for _, value in self.parameters])[1:]

    def by_layers(self, ids, targets, cos, sin, documents, weights):
        script, model, count = self.model.script, self.model, len(self.model.layers)
        hidden = [script.training_embed(ids, model.ends)]
        for index in range(count):
            hidden.append(script.training_layer(hidden[index], cos[index % len(cos)], sin[index % len(sin)], documents, model.layers[index],
                                                *self.constants()))
        end = self.of("end") + (self.of("embedding") if model.shape["tied"] else [])
        with torch.enable_grad():
            found = script.end_gradients(hidden.pop(), targets, weights, model.ends, model.shape["eps"], 1024, end)
        gradients, dy = {"end": found[2:]}, found[1]
        del found
        for index in reversed(range(count)):
            with torch.enable_grad():
                found = script.layer_gradients(hidden.pop(), dy, cos[index % len(cos)],
                                               sin[index % len(sin)], documents, model.layers[index],
                                               *self.constants(), self.of(index))
            dy, gradients[index] = found[0], found[1:]
            del found
        if self.of("embedding"):
            with torch.enable_grad():
                looked = script.embedding_gradient(ids, dy, model.ends["embedding"])
            if model.shape["tied"]:
                # of tied weights the end of the model is one place and the embedding another
                script.accumulate(gradients["end"][-1:], looked)
                gradients["embedding"] = [gradients["end"].pop()]
            else:
                gradients["embedding"] = looked
        taken = {place: list(parts) for place, parts in gradients.items()}
        return [taken[place].pop(0) for place, _ in self.parameters]

    def step(self):
        inputs = self.inputs()
        total = self.gradients(inputs)
        self.model.script.accumulate(total, self.gradients(inputs))
        self.watch(False)                                      # and here weights are rounded masters
        norm = self.model.script.update(self.masters, total, 2, self.first, self.second, self.counts, 1e-4, 0.9, 0.95, 0.1, 1.0)
        del total
        if self.masters[0] is not self.parameters[0][1]:
            for master, (_, value) in zip(self.masters, self.parameters):
                self.model.script.assign(value, master)
        self.watch(True)
        return norm

    def held_out(self):
        ids, targets, cos, sin, documents = self.inputs()
        return self.model.script.held_out_loss(self.hidden(ids, cos, sin, documents), targets, self.model.ends, self.model.shape["eps"],
                                               1024)


class Slopes:
    """The derivatives of a sequence's loss by the factors, as FactorGradient makes them."""

    END_ROWS = 1024

    def __init__(self, model, ids=None):
        self.model = model
        self.ids = ids or (lambda *shape: torch.zeros(shape, device=model.device, dtype=torch.long))

    def of(self, length):
        script, shape, layers = self.model.script, self.model.shape, self.model.layers
        constants = shape["heads"], shape["keyHeads"], shape["eps"]
        cos, sin = self.model.tables(length)
        hidden = [script.training_embed(self.ids(1, length), self.model.ends)]
        for w in layers:
            hidden.append(script.training_layer(hidden[-1], cos.unsqueeze(0), sin.unsqueeze(0), [], w, *constants))
        with torch.enable_grad():
            dy = script.end_gradients(hidden.pop(), self.ids(1, length), [], self.model.ends, shape["eps"], self.END_ROWS, [])[1]
        sums = None
        for w in reversed(layers):
            with torch.enable_grad():
                dy, dcos, dsin = script.table_gradients(hidden.pop(), dy, cos, sin, w, *constants)
            if sums is None:
                sums = [dcos, dsin]
            else:
                script.accumulate(sums, [dcos, dsin])
        frequencies = torch.ones(shape["pairs"], device=self.model.device, dtype=torch.float64)
        slopes = torch.zeros(shape["pairs"], device=self.model.device, dtype=torch.float64)
        for start in range(0, length, PART_POSITIONS):
            rows = min(PART_POSITIONS, length - start)
            positions = torch.arange(start, start + rows, device=self.model.device, dtype=torch.float64)
            slopes = slopes + script.factor_gradients(positions, frequencies, 4, 1.1, script.rows(sums[0], start, rows),
                                                      script.rows(sums[1], start, rows))
        return slopes
