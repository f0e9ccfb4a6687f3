"""One training step of an adapter in PyTorch, for `npm run bench -- train --pytorch`: the same token ids, adapter, loss and optimiser as Hintrank's
step, written as plainly as transformers allows. Reads JSON lines on standard input and answers each with one on standard output.

What it is spared: tokenising, and choosing the hint tokens of retrieve (their ids are given). Keys and values of prefixes are computed anew in each
step and timed apart, so that a step with kept ones is the rest. Rows of E' have sparse gradients and Adam's sparse form, as ours have.

Shapes: B sequences of a batch, P prefix tokens, S suffix rows, N targets, D model width.
"""
import json, os, resource, sys, time

import torch, torch.nn.functional as F
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM
from transformers.utils.logging import disable_progress_bar


class Hints(torch.nn.Module):
    """The query-dependent module: H = x + MLP(x), x = rows of E' (retrieve) or those around an attention over document tokens (attend)."""

    def __init__(self, frozen, tensors, method, heads, dropout):
        super().__init__()
        width = frozen.shape[1]
        self.frozen, self.method = frozen, method
        self.embedding = torch.nn.Embedding.from_pretrained(frozen.clone(), freeze=False, sparse=True)
        rows = tensors["docspec_embeddings.rows"].long()
        self.mlp = torch.nn.Sequential(torch.nn.Linear(width, width), torch.nn.ReLU(), torch.nn.Linear(width, width))
        self.attention = torch.nn.MultiheadAttention(width, heads, dropout, batch_first=True) if method == "attend" else None
        with torch.no_grad():
            self.embedding.weight[rows] = tensors["docspec_embeddings.values"]
            for layer in (0, 2):
                self.mlp[layer].weight.copy_(tensors[f"doc_multi_layers.{layer}.weight"])
                self.mlp[layer].bias.copy_(tensors[f"doc_multi_layers.{layer}.bias"])
            if self.attention is not None:
                self.attention.in_proj_weight.copy_(tensors["docspec_attention.in_proj_weight"])
                self.attention.in_proj_bias.copy_(tensors["docspec_attention.in_proj_bias"])
                self.attention.out_proj.weight.copy_(tensors["docspec_attention.out_proj.weight"])
                self.attention.out_proj.bias.copy_(tensors["docspec_attention.out_proj.bias"])

    def forward(self, hints):
        rows = lambda name: self.embedding(torch.tensor(hints[name]))
        if self.method == "retrieve":
            block = rows("block")
        else:
            keys = self.frozen[torch.tensor(hints["keys"])][None]
            attended = self.attention(rows("query")[None], keys, keys, need_weights=False)[0][0]
            block = torch.cat([rows("open"), attended, rows("close")])
        return block + self.mlp(block)


class Step:
    def __init__(self, setup):
        torch.set_num_threads(setup["threads"])
        torch.manual_seed(0)
        path = setup["model"]
        folder, options = (path, {}) if os.path.isdir(path) else (os.path.dirname(path), {"gguf_file": os.path.basename(path)})
        self.model = AutoModelForCausalLM.from_pretrained(folder, **options, dtype=torch.float32).eval().requires_grad_(False)
        self.frozen = self.model.get_input_embeddings().weight.detach()
        self.setup = setup
        self.hints = Hints(self.frozen, load_file(setup["adapter"]), setup["method"], setup["heads"], setup["dropout"])
        dense = [value for name, value in self.hints.named_parameters() if not name.startswith("embedding.")]
        adam = dict(lr=setup["learning_rate"], betas=(0.9, 0.98))
        self.optimisers = [torch.optim.AdamW(dense, weight_decay=0.01, **adam), torch.optim.SparseAdam([self.hints.embedding.weight], **adam)]

    @staticmethod
    def batches(sequences, size):
        return [sequences[start : start + size] for start in range(0, len(sequences), size)]

    @torch.no_grad()
    def prefixes(self, batch):
        """Keys and values of the prefixes, padded on the left so that all end together. -> cache of [B, heads, P, head], mask [B, P]"""
        longest = max(len(one["prefix"]) for one in batch)
        ids, mask = torch.zeros(len(batch), longest, dtype=torch.long), torch.zeros(len(batch), longest, dtype=torch.long)
        for row, one in enumerate(batch):
            ids[row, longest - len(one["prefix"]) :] = torch.tensor(one["prefix"])
            mask[row, longest - len(one["prefix"]) :] = 1
        positions = (mask.cumsum(1) - 1).clamp(min=0)
        out = self.model.model(input_ids=ids, attention_mask=mask, position_ids=positions, use_cache=True)
        return out.past_key_values, mask

    def suffixes(self, batch, hints, cache, mask):
        """-> mean NLL of the targets of each sequence [B], nats per token"""
        embedded = [torch.cat([hint, self.frozen[torch.tensor(one["suffix"])]]) for one, hint in zip(batch, hints)]
        longest = max(len(rows) for rows in embedded)
        rows = torch.stack([F.pad(one, (0, 0, 0, longest - len(one))) for one in embedded])
        own = torch.stack([(torch.arange(longest) < len(one)).long() for one in embedded])
        positions = mask.sum(1, keepdim=True) + torch.arange(longest)[None]
        hidden = self.model.model(
            inputs_embeds=rows, attention_mask=torch.cat([mask, own], 1), position_ids=positions, past_key_values=cache, use_cache=True
        ).last_hidden_state
        targets = [torch.tensor(one["targets"]) for one in batch]
        wanted = torch.cat([hidden[row, len(one) - len(ids) : len(one)] for row, (one, ids) in enumerate(zip(embedded, targets))])
        nll = F.cross_entropy(self.model.lm_head(wanted), torch.cat(targets), reduction="none")
        return torch.stack([part.mean() for part in nll.split([len(ids) for ids in targets])])

    def loss(self, nll, groups):
        """Listwise: cross-entropy of the positive under softmax(-nll / temperature), and the positives' own mean."""
        listwise = [
            F.cross_entropy(-nll[[group["positive"], *group["negatives"]]][None] / self.setup["temperature"], torch.tensor([0])) for group in groups
        ]
        return torch.stack(listwise).mean() + self.setup["pointwise_weight"] * nll[[group["positive"] for group in groups]].mean()

    def clip(self):
        """To norm 1, over all parameters; rows of E' that stand twice are added up first."""
        gradients = []
        for value in self.hints.parameters():
            if value.grad is not None and value.grad.is_sparse:
                value.grad = value.grad.coalesce()
            if value.grad is not None:
                gradients.append(value.grad._values() if value.grad.is_sparse else value.grad)
        norm = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(one) for one in gradients]))
        for one in gradients:
            one.mul_((1 / (norm + 1e-6)).clamp(max=1))

    @torch.no_grad()
    def check(self, sequences, size):
        self.hints.eval()
        values = [self.suffixes(batch, [self.hints(one["hints"]) for one in batch], *self.prefixes(batch)) for batch in self.batches(sequences, size)]
        return {"mean_nll": torch.cat(values).tolist()}

    def step(self, sequences, groups, size):
        self.hints.train()
        clock, times = time.perf_counter(), {}

        def lap(name):
            nonlocal clock
            now = time.perf_counter()
            times[name], clock = (now - clock) * 1000, now

        batches = self.batches(sequences, size)
        kept = [self.prefixes(batch) for batch in batches]
        lap("prefix")
        hints = [[self.hints(one["hints"]) for one in batch] for batch in batches]
        lap("hints")
        loss = self.loss(torch.cat([self.suffixes(batch, own, *past) for batch, own, past in zip(batches, hints, kept)]), groups)
        lap("forward")
        loss.backward()
        lap("backward")
        self.clip()
        for optimiser in self.optimisers:
            optimiser.step()
            optimiser.zero_grad()
        lap("optimiser")
        return {"times": times, "loss": loss.item()}


def peak_bytes():
    """Of this process; Linux counts kilobytes, macOS bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def main():
    disable_progress_bar()
    step = None
    for line in sys.stdin:
        message = json.loads(line)
        if message["kind"] == "start":
            step = Step(message)
            reply = {"versions": f"PyTorch {torch.__version__}"}
        elif message["kind"] == "check":
            reply = step.check(message["sequences"], message["batch"])
        else:
            reply = {**step.step(message["sequences"], message["groups"], message["batch"]), "peak_bytes": peak_bytes()}
        print(json.dumps(reply), flush=True)


main()
