// Package luareduce runs the client's part of stream functions: what their authors wrote in Lua from the first reduce on, as the official C, Java
// and Python clients do. It is a package of its own so that only programs that ask for it link an interpreter of Lua;
// for a sum, a minimum or maps of counts, cluster.Reduce with a Reducer of Go does without.
//
// A cluster runs a stream function on each partition by itself, up to its first reduce, and so answers with a value for each
// partition that has records. The rest runs here, on all these values, in the same function of the same
// module, which therefore must be here too:
//
//	var modules luareduce.Modules
//	err := modules.Fetch(ctx, client, "stats.lua")
//	for v, err := range modules.Aggregate(ctx, client, nil, stmt, "stats", "average") { ... }
//
// The language is Lua 5.4, with the server's own libraries list, map, bytes and stream operations. Nothing reaches the machine: there is
// no io, and of os the functions of time only. A function may grow the heap by 128 MiB; it has no limit of time but its context's.
package luareduce

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/cluster/internal/udf"
	"github.com/aerosql/aerosql/protocol"
)

// Modules are the modules whose functions can be run. The zero value has none. It may be used by several goroutines.
type Modules struct{ code udf.Modules }

// Put adds a module, or a new version of it; name is its file's, which ends in ".lua". The source is compiled and run once, as
// the server does when it is registered: what fails is a *protocol.Error with the code UDFError, whose Message has file, line and reason. Modules
// that it requires must be there before. The source is copied.
func (m *Modules) Put(ctx context.Context, name string, source []byte) error {
	module, ok := strings.CutSuffix(name, udf.Suffix)
	if !ok || module == "" || strings.ContainsAny(module, "./") {
		return &protocol.Error{Code: protocol.ParameterError, Message: fmt.Sprintf("a module is named %q; its name must end in %q and have no other dot and no folder", name, udf.Suffix)}
	}
	if failure := m.code.Check(ctx, name, source); failure != nil {
		return failed(ctx, failure.Error())
	}
	m.code.Put(name, source)
	return nil
}

// Fetch adds a module as the cluster has it (see admin.Client.GetUDF), e.g. again when it may have changed.
func (m *Modules) Fetch(ctx context.Context, client *cluster.Client, name string) error {
	source, err := admin.New(client).GetUDF(ctx, nil, name)
	if err != nil {
		return err
	}
	return m.Put(ctx, name, source)
}

// Aggregate runs a stream function on the records that a statement describes, whole: on the cluster as cluster.Client.Aggregate does, whose rules
// hold, and here from its first reduce on. The values are the function's: one if reduce is its last operation; none if there
// are no records; all that the cluster gives if it has no reduce. The module is named without its suffix.
// An error is the last thing that the loop gets.
func (m *Modules) Aggregate(ctx context.Context, client *cluster.Client, p *cluster.QueryPolicy, stmt cluster.Statement, module, function string, args ...protocol.Value) iter.Seq2[protocol.Value, error] {
	return m.Finish(ctx, client.Aggregate(ctx, p, stmt, module, function, args...), module, function, args...)
}

// Finish runs the client's part of a stream function on what its other part gave. The arguments must be the same. A function that fails is a
// *protocol.Error with the code UDFError, whose Message has file, line and reason; one that runs longer than ctx matches the context's
// error too. An error among the results is given as it is, and nothing after it. Results are taken as the function asks for them.
func (m *Modules) Finish(ctx context.Context, results iter.Seq2[protocol.Value, error], module, function string, args ...protocol.Value) iter.Seq2[protocol.Value, error] {
	return func(yield func(protocol.Value, error) bool) {
		var early, late error // what the results failed with, and the function
		values := func(yield func(protocol.Value) bool) {
			for v, err := range results {
				if early = err; err != nil || !yield(v) {
					return
				}
			}
		}
		// The function runs beside the loop, so that what happens in the loop's body is no error of Lua.
		next, stop := iter.Pull(func(yield func(protocol.Value) bool) {
			call := udf.Call{Module: module, Function: function, Arguments: args, Host: udf.Host{Now: func() int64 { return time.Now().UnixMilli() }}}
			late = m.code.Finish(ctx, call, values, func(v protocol.Value) bool { return early == nil && yield(v) })
		})
		defer stop()
		for v, ok := next(); ok; v, ok = next() {
			if !yield(v, nil) {
				return
			}
		}
		switch {
		case early != nil:
			yield(protocol.Value{}, early)
		case late != nil:
			yield(protocol.Value{}, failed(ctx, late.Error()))
		}
	}
}

// failed is the error of a function or module.
func failed(ctx context.Context, text string) error {
	return &protocol.Error{Code: protocol.UDFError, Message: text, Err: ctx.Err()}
}
