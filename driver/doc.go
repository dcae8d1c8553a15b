// Package driver is Aerospike for database/sql. Importing it registers the
// driver "aerospike":
//
//	import _ "github.com/aerosql/aerosql/driver"
//
//	db, err := sql.Open("aerospike", "aerospike://10.0.0.1:3000/test")
//
// [ParseDSN] tells what data source names look like, package querylang what SQL is understood and
// how it reads. EXPLAIN before a statement shows what will be done for it.
//
// # Pool
//
// A [Connector], and with it an sql.DB, owns one cluster client, which is opened
// by the first connection that is needed and closed by sql.DB.Close. A connection of the pool is
// a cheap session on it: SetMaxOpenConns bounds how many statements run at the same
// time, and opens no sockets. How many of those there are is max_conns, for each node.
//
// # Arguments
//
// Integers, floats, bool, string, []byte, nil, and pointers to and named forms of them; slices, arrays and
// maps of them, which become lists and maps; [N]byte and slices of a named byte type, which become blobs;
// time.Time, stored as the integer of nanoseconds since 1970 UTC, the zero time as NULL; driver.Valuer,
// sql.Null[T] of all of these, protocol.Value. Named arguments are sql.Named. A slice that is the argument of
// IN (?) stands for its elements; a nil slice has none there, and is NULL elsewhere.
//
// What can't be stored is an error of kind querylang.ErrArguments before anything is sent, also inside of
// lists and maps: a struct, an unsigned integer above 2^63-1, a map key that is not an integer, a string or a
// blob, and two keys of a map[any]any that are stored as the same value, such as 1 and int64(1).
//
// # Results
//
// A column's value is an int64, float64, string, []byte, bool or nil, whatever the
// record's bin has: bins have no declared types, so different rows may have different ones. GeoJSON
// is a string, a HyperLogLog its bytes. A list is []any, a map map[string]any, or map[any]any
// if a key is no string, or []protocol.Pair if Go's maps can't hold it (see protocol.Value.Any); all scan into
// variables of these types, into any, into a [JSON] as text and into a
// [Document] of whatever encoding/json could read from that text. collections=json in the data source name gives text
// instead, for programs that only know strings; a row with a value that has no JSON form is then an error, [ErrJSON].
//
// A time comes back as the integer that it is stored as. [Time] scans it, and sql.Null[driver.Time] where
// NULL matters; time.Time and sql.NullTime can't, for nothing says which integers are times.
//
// The names of column types are known, as hints, for what was read ahead: all columns of a read by
// key and of SELECT *. The scan type of a bin is any, because a bin can be missing, or of another type, in the next
// row; only columns such as __generation and COUNT(*) have another.
//
// LastInsertId is the key of an INSERT of one row whose key is an integer; it is 0, and no
// error, otherwise. Several statements with semicolons between them can be given to Exec, without arguments; they
// are checked together and run one after the other until one fails.
//
// # Errors
//
// What is wrong with a statement is a *querylang.Error. What goes wrong on the
// way is a *protocol.Error: errors.Is asks for its code (protocol.KeyExists) or its cause
// (cluster.ErrTimeout, context.Canceled), and InDoubt tells that a write may have been applied all the same. A
// statement about several records that fails in part is an *exec.PartialError with the number of
// those that were changed. driver.ErrBadConn, on which database/sql repeats a statement, is
// only returned for a session that was closed, when nothing has been sent.
//
// # Transactions
//
// Where the namespace has strong consistency (server 8 Enterprise) BeginTx begins a transaction of the cluster. Its
// statements take effect together, when it is committed, or not at all. They select records by PK, one or
// several: a scan and TRUNCATE are refused with cluster.ErrTxnQuery, as the server has none within transactions.
//
// Isolation is serializable, which is what the levels default and serializable give; others are [ErrIsolation]. A record that was
// written is locked: the writes of others fail with protocol.TransactionBlocked, and their reads see it as it was. A record that was only
// read is compared at Commit, which fails with protocol.TransactionVersionMismatch if it has changed. The program that meets either
// rolls back and begins again; [Transact] does that by itself. A deadline of BeginTx's context is, up to two minutes, the time that
// the server allows the transaction, which is its own otherwise (10 s); the end of the context rolls back.
//
// The error of a Commit is a *cluster.CommitError. Nothing of the transaction has stayed then, unless it says InDoubt: such a
// commit was asked for several times already, and client.Commit(ctx, e.Txn) asks again.
//
// Statements, native commands and objects of package mapper can share a transaction. It travels in the context: see [WithTx] for that of an
// sql.Tx, and [Transact].
//
// In namespaces that have no transactions BeginTx fails with [ErrNoTransactions]. With tx=autocommit in the data source name it
// succeeds everywhere, and statements between BEGIN and COMMIT take effect one by one: Rollback fails with [ErrNotRolledBack] if
// one of them has written.
package driver
