"""A local BigQuery: REST v2 as google-cloud-bigquery 3.47 and `bq` use it, over DuckDB and sqlglot.

Start it with `python -m infra.local.emulators.bigquery --port 9050 --state var/bigquery`; talk to it
through `bigquery.Client(project=..., client_options={"api_endpoint": url},
credentials=AnonymousCredentials())`, through the variable BIGQUERY_EMULATOR_HOST, or by `python -m
infra.local.emulators.bigquery.bq`.

What it covers
    datasets and tables with nested schemas; views; tabledata.list and insertAll; query jobs with named and
    positional parameters (arrays and structs too), DML and MERGE, CREATE / ALTER / DROP / TRUNCATE, EXPORT
    DATA, dry run, anonymous and named destination tables; load jobs of newline-delimited JSON and CSV,
    uploaded or from gs://; extract jobs; copy jobs. A job id is taken once and for all; a job and its whole
    effect are one DuckDB transaction, and a job that a crash interrupted before it committed is run again.

How it differs from the real service
    * BIGNUMERIC holds 19 digits before and 19 after the point; a number beyond that is an error.
    * Dividing a NUMERIC, and AVG of one, give FLOAT64.
    * Partitioning and clustering are remembered, not acted on, and there are no pseudo columns.
    * Table names that differ in letter case only are refused.
    * Answers to jobs.insert wait for a short job (`--answer-wait`), because the client polls once a second.
    * A page token of a changing table (not of a query's result) counts rows; it is refused once the table
      is replaced.
    * UNNEST of an array of structs in a column of a table needs an alias, by which its members are named;
      literals and parameters are spread into columns as BigQuery does it.

What it refuses, and says so
    scripts of several statements, legacy SQL; time travel to before a table's last change, and of views; GEOGRAPHY, INTERVAL and RANGE
    columns, column defaults, parameterised types such as STRING(10); schemaUpdateOptions, load formats other
    than JSON and CSV, table decorators; functions that DuckDB does not have.

What it leaves out: access control (every caller may do everything), the Storage Read and Write APIs (ask the
    client for rows with create_bqstorage_client=False), models, routines, reservations and transfers.
"""
