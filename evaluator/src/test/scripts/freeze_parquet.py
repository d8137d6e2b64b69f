"""Writes resources/.../parquet: what pyarrow makes of a few rows. Run once: python freeze_parquet.py (needs pyarrow)."""
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

directory = pathlib.Path(__file__).parent.parent / "resources/io/longrope/evaluator/parquet"
directory.mkdir(parents=True, exist_ok=True)
texts = ["first", None, "", "Größe 世界 🎉", "last"]
for compression in ("zstd", "snappy", "gzip", "none"):
    pq.write_table(pa.table({"id": pa.array(range(5)), "text": texts}), directory / f"text-{compression}.parquet", compression=compression, row_group_size=2)
lists = [[1, 2, 3], [], None, [4], [5, 6]]
pq.write_table(pa.table({"input_ids": pa.array(lists, pa.list_(pa.int32())), "labels": pa.array(lists, pa.list_(pa.int64()))}),
               directory / "input_ids.parquet", row_group_size=3)
pq.write_table(pa.table({"tokens": pa.array(lists, pa.list_(pa.int64()))}), directory / "tokens.parquet")
pq.write_table(pa.table({"content": texts, "lang": ["en"] * 5}), directory / "other.parquet")
