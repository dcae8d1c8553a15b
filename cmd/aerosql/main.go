// Command aerosql is the command-line tool of aerosql: a SQL shell, tools that move data, and a
// development cluster.
//
//	aerosql serve -listen 127.0.0.1:3000
//
// runs a development cluster that any Aerospike client can connect to. Run aerosql without
// arguments for the list of commands, and a command with -h for its flags.
package main

import (
	"os"

	_ "github.com/aerosql/aerosql/cluster/devserver/mem" // for data source names of in-process clusters
)

func main() { os.Exit(program().Main()) }
