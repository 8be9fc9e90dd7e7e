"""Transaction lines through wafcheck by Spark's pipe(): spark-submit replay_spark.py IN OUT. Not tried.

Each partition is one run on standard input. Records have the offset within their partition, and
ids of their own where the lines have them.
"""

import sys

from pyspark.sql import SparkSession

spark = SparkSession.builder.appName("wafcheck").getOrCreate()
lines = spark.sparkContext.textFile(sys.argv[1])
results = lines.pipe("wafcheck replay -r /etc/modsecurity/main.conf --input-format jsonl -j 1 -q "
                     "--allow-empty --format jsonl -", checkCode=True)
results.saveAsTextFile(sys.argv[2])
