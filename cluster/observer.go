package cluster

import (
	"context"
	"time"
)

// An Observer receives every command that a client runs: its start, each try on a node, and its
// end. This is what a tracer needs to make a span for each command, with an event or a child span
// for each try. The fields cover OpenTelemetry's conventions for databases; integration/otel is
// such an observer.
//
// The client calls the methods synchronously, so they delay the command. Calls for different
// commands are concurrent. For one batch, query or info command, CommandTry may also be called
// concurrently.
type Observer interface {
	// CommandStart returns the context for the command, which is ctx or derived from it. The client
	// passes it to the other two methods.
	CommandStart(ctx context.Context, c CommandStart) context.Context
	CommandTry(ctx context.Context, t CommandTry)
	CommandEnd(ctx context.Context, e CommandEnd)
}

// A CommandFamily groups commands with comparable latencies: FamilyRead, FamilyWrite, FamilyUDF,
// FamilyBatch, FamilyQuery, FamilyInfo.
type CommandFamily uint8

// The command families.
const (
	FamilyRead  CommandFamily = iota // Get, Exists, and Operate with only read operations
	FamilyWrite                      // Put, Delete, Operate, ...
	FamilyUDF                        // Execute
	FamilyBatch
	FamilyQuery     // queries and scans, and the start of background queries
	FamilyInfo      // info commands, and commands about users and roles
	families    int = iota
)

// String returns the family's name in lower case, such as "read".
func (f CommandFamily) String() string {
	if int(f) >= families {
		return "unknown"
	}
	return [...]string{"read", "write", "udf", "batch", "query", "info"}[f]
}

// MarshalText returns the family's name, so that JSON of Metrics has names.
func (f CommandFamily) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// A CommandStart describes a command that begins.
type CommandStart struct {
	// Name is the name of the Client's method, such as "Get".
	Name   string
	Family CommandFamily
	// Namespace and Set are "" if the command has none. For a batch they are those of its first
	// row.
	Namespace, Set string
	// Rows is the number of rows of a batch, 0 for other commands.
	Rows int
	Time time.Time
}

// A CommandTry describes one try on one node, after it has ended.
type CommandTry struct {
	Node *Node // nil if no node was available
	// Number counts the tries of the command, starting at 1. Concurrent tries on several nodes have
	// different numbers.
	Number   int
	Time     time.Time // start of the try
	Duration time.Duration
	// Retry reports whether the try repeats an earlier one of the command.
	Retry bool
	// Records is the number of records that the node returned, and Bytes the size of its answer.
	// Bytes is 0 unless the command is a query.
	Records, Bytes int64
	// Err is nil if the try succeeded, otherwise the server's result code or a failure in the
	// client.
	Err error
}

// A CommandEnd describes a command that has ended.
type CommandEnd struct {
	CommandStart
	Duration time.Duration
	Tries    int
	// Records is the number of records that a query returned, 0 for other commands.
	Records int64
	// Err is the error that the caller gets.
	Err error
}

type observerKey struct{}

// observerOf returns the observer of a context, or nil.
func observerOf(ctx context.Context) Observer {
	o, _ := ctx.Value(observerKey{}).(Observer)
	return o
}

// Observers returns an observer that calls the given observers in order.
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
