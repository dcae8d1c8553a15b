// Package driver is a database/sql driver for Aerospike. Importing it registers the driver under
// the name "aerospike":
//
//	import _ "github.com/aerosql/aerosql/driver"
//
//	db, err := sql.Open("aerospike", "aerospike://10.0.0.1:3000/test")
//
// A table is a set and a column is a bin; the column PK is the record's user key. The table NULL is
// the records without a set. No schema is needed; CREATE TABLE declares one, with types, defaults
// and a name for the key. Package querylang has the rules of the SQL dialect. EXPLAIN before a
// statement shows what the statement would do, and EXPLAIN ANALYZE what it did.
//
// # Data source names
//
//	aerospike://host[:port][,host[:port]...]/namespace?key=value&...     a cluster
//	aerospike://user:password@host:port/namespace?tls=true&...           a cluster with security enabled
//	aerospike+mem://name/namespace                                       an in-process cluster, for tests
//
// The keys set timeouts, connections, consistency, TLS and the behavior of statements. [ParseDSN]
// lists them all. The most important ones:
//
//	timeout=1s          limit of each command with its retries
//	scan=deny           reject statements that read a whole set
//	memory_limit=1GiB   memory that one statement may keep to sort, group and join
//	late_bins=ignore    leave out bins that are not columns of SELECT *, instead of failing
//	tx=autocommit       let BeginTx succeed where there are no transactions
//	send_key=false      don't store the user key with each record
//	collections=json    return lists and maps as JSON text
//
// Programs that prefer a struct fill in a [Config] and pass it to [NewConnector] and sql.OpenDB.
//
// # Pool
//
// An sql.DB owns one cluster client. The client is opened when the first connection is needed and
// is closed by sql.DB.Close. A connection of the sql.DB's pool is a cheap session on that client:
// SetMaxOpenConns limits the statements that run at the same time. The network connections are the
// client's; max_conns limits them per node.
//
// [Client] returns the client of an sql.DB, for commands that SQL does not offer.
//
// # Hooks and logs
//
// Config.AfterConnect prepares each new session, for example with SET. Config.OnStatement is called
// for each statement, before it runs and when it has ended, for traces and metrics.
//
// With log_statements=true each statement is logged, and with slow_statement=200ms those that take
// that long. The log is Config.Logger, or slog.Default(). It has ? in the place of literals, no
// arguments, and no values in errors, unless log_arguments=true. Statements that may contain a
// password never show their values.
//
// A data source name that a user of the program supplies should be parsed with [ParseDSNAllow],
// because keys can make the driver read files and trust any server.
//
// # Arguments
//
// Parameters are ?, $1, :name or @name. Arguments for names are passed with sql.Named.
//
//	Go type                                     stored as
//
//	int, int8 ... uint64, time.Duration         integer
//	float32, float64                            float
//	string                                      string
//	bool                                        boolean
//	[]byte, [N]byte, other slices of bytes      blob
//	slices and arrays                           list
//	maps                                        map
//	time.Time                                   integer: nanoseconds since 1970 UTC
//	protocol.Value                              that value, such as a GeoJSON
//	driver.Valuer                               the result of its Value method
//	types with MarshalBin and UnmarshalBin,     the result of MarshalBin
//	such as mapper.GeoJSON and mapper.Ref
//	sql.Null[T], sql.NullString, ...            V, or NULL if Valid is false
//	pointers                                    what they point to
//	nil, nil pointers, nil slices and maps,     NULL
//	the zero time.Time
//
// [Options] among the arguments do not count as an argument of the statement; they change how it
// runs.
//
// Named types are stored like the types they are defined as. A slice as the argument of IN (?)
// stands for its elements. A nil slice there means no elements, so IN is false and NOT IN is true.
//
// An argument that is compared with a declared column, or stored in one, is converted to the
// column's type: a time.Time or its text for a TIMESTAMP or a DATE, a number or its text for a
// DECIMAL. What the type can't hold is an error.
//
// Values that can't be stored are an error of kind querylang.ErrArguments, and nothing is sent.
// These are structs, integers above 2^63-1, map keys that are not integers, strings or blobs, and
// two keys of a map that are stored as the same key, such as 1 and int64(1). The same holds within
// lists and maps.
//
// # Results
//
//	stored as    value in a row                        type name
//
//	integer      int64                                 INTEGER
//	float        float64                               DOUBLE
//	string       string                                STRING
//	boolean      bool                                  BOOLEAN
//	blob         []byte                                BLOB
//	list         []any                                 LIST
//	map          map[string]any or map[any]any         MAP
//	GeoJSON      string                                GEOJSON
//	HyperLogLog  []byte                                HLL
//	missing bin  nil
//
// Columns that are declared as, or cast to, one of these types differ:
//
//	TIMESTAMP    time.Time in UTC                      TIMESTAMP
//	DATE         time.Time in UTC, at midnight         DATE
//	DECIMAL      string, such as "9.50"                DECIMAL
//
// Without a declaration the same column can have a different type in another row. Therefore the
// scan type of a column (sql.ColumnType.ScanType) is any, except for columns that are never NULL,
// such as __generation and COUNT(*). The type name is that of the first rows, or "" if it is not
// known.
//
// Lists and maps can be scanned into variables of the types above, into an any, into a [JSON], and
// into a [Document] of any type that encoding/json can decode. A map whose keys don't fit in a Go
// map is a []protocol.Pair. With collections=json lists and maps are strings of JSON text, and a
// row with a value that JSON can't represent is [ErrJSON].
//
// RowsAffected is the number of records that were written. LastInsertId is the key of an INSERT of
// one row if the key is an integer, and otherwise 0 without an error. A statement with RETURNING
// returns rows, which Query gives.
//
// Without arguments Exec and Query accept several statements separated by semicolons. The text of
// all is parsed before the first one runs; they stop at the first failure. Query has a result set
// for each statement that returns rows (sql.Rows.NextResultSet). A statement that writes must not
// follow one that returns rows there, because it would not run if the caller stops reading.
//
// A statement that keeps more memory than memory_limit is exec.ErrMemory.
//
// # Times
//
// A time.Time is stored as an integer, the nanoseconds since 1970 UTC. The zero time.Time is stored
// as NULL, and times before 1678 or after 2261 are an error. Times compare as integers.
//
// Columns that are declared as TIMESTAMP or DATE return a time.Time, and so does CAST(x AS
// TIMESTAMP). Other columns return the integer, because nothing marks it as a time. Scan it into a
// [Time], or into an sql.Null[driver.Time] if NULL matters. Before Go 1.27 scanning it into
// time.Time or sql.NullTime fails.
//
// # Sessions
//
// SET, cursors (DECLARE, FETCH, CLOSE) and BEGIN change the session of an sql.Conn, and end with
// it; SHOW CURSOR returns a token from which a cursor continues in another process. Package exec
// documents them.
//
// # Errors
//
// A mistake in a statement is a *querylang.Error with the position. Its kind is one of the errors
// of package querylang, for errors.Is: ErrSyntax, ErrUnsupported, ErrUnknownName, ErrArguments and
// others.
//
// A failed command is a *protocol.Error. Use errors.Is to test for the server's result code, such
// as protocol.KeyExists, or for the cause, such as cluster.ErrTimeout or context.Canceled. A
// missing record is not an error: SELECT returns no row (sql.ErrNoRows from QueryRow), UPDATE and
// DELETE affect 0 rows.
//
// The field InDoubt of a *protocol.Error reports whether a write may have been applied although it
// failed, because its response was lost. The driver never repeats such a write. Read the record to
// find out, or use a condition on __generation to make the write safe to repeat.
//
// If a statement on several records fails for some of them, the error is an *exec.PartialError with
// the number of records that were changed. If a batch failed it wraps a *cluster.BatchError with
// the error of each record.
//
// driver.ErrBadConn makes database/sql repeat a statement. The driver returns it only for a closed
// session, when nothing has been sent.
//
// # Transactions
//
// In a namespace with strong consistency (Enterprise, server 8) BeginTx begins a transaction of the
// cluster. Its statements take effect together at Commit, or not at all. They must select records
// by PK: a statement that scans, and TRUNCATE, is rejected with cluster.ErrTxnQuery.
//
// Transactions are serializable. The isolation levels sql.LevelDefault and sql.LevelSerializable
// are accepted; others are [ErrIsolation]. Conflicts with other transactions are errors:
//
//   - A record that a transaction has written is locked until it ends. Writes by others fail with
//     protocol.TransactionBlocked. Reads by others return the record as it was before.
//   - Commit fails with protocol.TransactionVersionMismatch if a record that the transaction has
//     read was changed by others.
//
// After either error, roll back and run the transaction again. [Transact] does this.
//
// The deadline of BeginTx's context is the transaction's timeout on the server, between 1 second
// and 2 minutes. Without a deadline the timeout is the server's, 10 seconds. When the context ends,
// the transaction is rolled back.
//
// If Commit fails the transaction has been rolled back, unless the error is a *cluster.CommitError
// with InDoubt: then its outcome is unknown. The driver has already retried such a commit several
// times; client.Commit(ctx, e.Txn) retries it again.
//
// A transaction can also include native commands and operations of package mapper: see [Transact],
// and [WithTx] for an sql.Tx.
//
// BEGIN, COMMIT and ROLLBACK as text do the same on one session: use an sql.Conn, because an sql.DB
// may run each statement in another session. A session that goes back to the pool is rolled back.
// The two ways can't be mixed.
//
// In other namespaces BeginTx returns [ErrNoTransactions]. With tx=autocommit in the data source
// name BeginTx succeeds in every namespace, but each statement takes effect at once. Rollback then
// returns [ErrNotRolledBack] if a statement has written.
package driver
