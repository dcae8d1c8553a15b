// Package aerosql is the front page of the documentation; it has no code. AeroSQL is Aerospike for
// Go programs that speak database/sql, and for those that would rather work with structs.
//
// There are three ways in. All of them run on one engine, share one cluster connection, and can be
// mixed in one program and in one transaction:
//
//   - [github.com/aerosql/aerosql/driver] is a driver for database/sql, registered as "aerospike".
//     It runs a SQL dialect on an Aerospike cluster.
//   - [github.com/aerosql/aerosql/mapper] saves and finds structs with tags, those of the official
//     client among them.
//   - [github.com/aerosql/aerosql/cluster] is the native client: every command of the official
//     clients. Users, roles, indexes, UDF modules and statistics are in
//     [github.com/aerosql/aerosql/cluster/admin].
//
// Keys, bins, values, operations and errors are in [github.com/aerosql/aerosql/protocol];
// collection operations in [github.com/aerosql/aerosql/protocol/cdt] and expressions in
// [github.com/aerosql/aerosql/protocol/exp].
//
// For tests and examples [github.com/aerosql/aerosql/cluster/devserver] is an Aerospike-compatible
// cluster in the process, on the real wire protocol:
//
//	import (
//		_ "github.com/aerosql/aerosql/cluster/devserver/mem"
//		_ "github.com/aerosql/aerosql/driver"
//	)
//
//	db, err := sql.Open("aerospike", "aerospike+mem://shop/test")
//
// With a real cluster the data source name is "aerospike://10.0.0.1:3000/test".
package aerosql
