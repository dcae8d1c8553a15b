package main

import (
	"github.com/aerosql/aerosql/cmd/aerosql/internal/bench"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/connect"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/console"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/diff"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/doctor"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/explain"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/migrate"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/shell"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/top"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/transfer"
)

// program returns the program with its table of commands. The help, the man page, the completion
// scripts and docs/command-line.md are made from it.
func program() *command.Program {
	p := &command.Program{Name: "aerosql", Summary: "SQL, data and development tools for Aerospike"}
	p.Topics = []command.Topic{connect.Topic, transfer.FormatTopic}
	p.Commands = []command.Command{
		shell.Command(),
		transfer.LoadCommand(),
		transfer.DumpCommand(),
		migrate.Command(),
		diff.Command(),
		explain.Command(),
		serveCommand(),
		console.Command(),
		doctor.Command(),
		top.Command(),
		bench.Command(),
		genCommand(),
		ctlCommand(),
		proxyCommand(),
		manCommand(p),
		completionCommand(p),
		versionCommand(),
	}
	return p
}
