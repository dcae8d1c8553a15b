package cluster

import (
	"context"
	"time"
)

// An Observer is told of every command that a client runs: when it begins, of each try on a node, and when it is over. That
// is what a tracer needs to make a span of each command with an event, or a span of its own, for each try; the fields have what
// OpenTelemetry's conventions for databases ask for. integration/otel is an observer that does so.
//
// Its methods are called on the way of the command, which waits for them. They are called from many goroutines; for one command, CommandTry of a
// batch, a query or an info command may be called from several at the same time.
type Observer interface {
	// CommandStart returns the context that the command runs under, ctx or one made of it. The other two methods get it back.
	CommandStart(ctx context.Context, c CommandStart) context.Context
	CommandTry(ctx context.Context, t CommandTry)
	CommandEnd(ctx context.Context, e CommandEnd)
}

// A CommandFamily is a kind of commands whose times can be compared.
type CommandFamily uint8

// The families.
const (
	FamilyRead  CommandFamily = iota // Get, Exists, an Operate that only reads
	FamilyWrite                      // Put, Delete, Operate, ...
	FamilyUDF                        // Execute
	FamilyBatch
	FamilyQuery     // queries and scans; the start of background queries
	FamilyInfo      // info commands, and those about users and roles
	families    int = iota
)

// String returns the family's name in lower case.
func (f CommandFamily) String() string {
	if int(f) >= families {
		return "unknown"
	}
	return [...]string{"read", "write", "udf", "batch", "query", "info"}[f]
}

// A CommandStart is a command that begins.
type CommandStart struct {
	// Name is that of the Client's method, e.g. "Get"; a Scan is a Query.
	Name   string
	Family CommandFamily
	// Namespace and Set are "" where the command has none; those of a batch are the first row's.
	Namespace, Set string
	// Rows is the number of rows of a batch, else 0.
	Rows int
	Time time.Time
}

// A CommandTry is a try on one node that is over.
type CommandTry struct {
	Node *Node // nil if there was none to ask
	// Number counts the tries of the command from 1 on. Nodes that are asked at the same time have numbers each.
	Number   int
	Time     time.Time // when it began
	Duration time.Duration
	// Err is why it failed, nil if it did not: a result code of the server, or a cause on this side.
	Err error
}

// A CommandEnd is a command that is over.
type CommandEnd struct {
	CommandStart
	Duration time.Duration
	Tries    int
	// Records is the number of records that a query returned.
	Records int64
	// Err is what the caller gets.
	Err error
}

// Observers returns an observer that tells several ones, in their order.
func Observers(all ...Observer) Observer { return observers(all) }

type observers []Observer

func (all observers) CommandStart(ctx context.Context, c CommandStart) context.Context {
	for _, o := range all {
		ctx = o.CommandStart(ctx, c)
	}
	return ctx
}

func (all observers) CommandTry(ctx context.Context, t CommandTry) {
	for _, o := range all {
		o.CommandTry(ctx, t)
	}
}

func (all observers) CommandEnd(ctx context.Context, e CommandEnd) {
	for _, o := range all {
		o.CommandEnd(ctx, e)
	}
}
