// Package luareduce runs the client's part of stream functions: the Lua code from the first reduce
// on. The official C, Java and Python clients do the same. It is a separate package so that only
// programs that import it link a Lua interpreter. For a sum, a minimum or maps of counts,
// cluster.Reduce with a Reducer written in Go is enough.
//
// A cluster runs a stream function on each partition separately, up to its first reduce, and
// returns one value for each partition that has records. The rest of the function runs here on all
// these values. It needs the same module, which therefore must be available here too:
//
//	var modules luareduce.Modules
//	err := modules.Fetch(ctx, client, "stats.lua")
//	for v, err := range modules.Aggregate(ctx, client, nil, stmt, "stats", "average") { ... }
//
// The language is Lua 5.4, with the server's own libraries list, map, bytes and stream. Functions
// cannot reach the machine: there is no io, and os has only the time functions. A function may grow
// the heap by 128 MiB. Its time is limited only by its context.
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

// Modules holds the modules whose functions can be run. The zero value is empty. It is safe for
// concurrent use.
type Modules struct{ code udf.Modules }

// Put adds a module or replaces it. name is the file name, which must end in ".lua". Put compiles
// the source and runs it once, as the server does when a module is registered. If that fails, the
// error is a *protocol.Error with the code UDFError, and its Message has the file, line and reason.
// Modules that this one requires must be added first. Put copies source.
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

// Fetch adds a module from the cluster (see admin.Client.GetUDF). Call it again to pick up a new
// version.
func (m *Modules) Fetch(ctx context.Context, client *cluster.Client, name string) error {
	source, err := admin.New(client).GetUDF(ctx, nil, name)
	if err != nil {
		return err
	}
	return m.Put(ctx, name, source)
}

// Aggregate runs a whole stream function on the records that a statement selects: the first part on
// the cluster, like cluster.Client.Aggregate, and the part from the first reduce on here. It yields
// the function's results: one value if reduce is its last operation, none if there are no records,
// and every value from the cluster if it has no reduce. module is the name without suffix. An error
// ends the iteration; if there is none, the result is complete.
func (m *Modules) Aggregate(ctx context.Context, client *cluster.Client, p *cluster.QueryPolicy, stmt cluster.Statement, module, function string, args ...protocol.Value) iter.Seq2[protocol.Value, error] {
	return m.Finish(ctx, client.Aggregate(ctx, p, stmt, module, function, args...), module, function, args...)
}

// Finish runs the client's part of a stream function on the results of the server's part. The
// arguments must be the same as there. If the function fails, the error is a *protocol.Error with
// the code UDFError, and its Message has the file, line and reason. If ctx ends the function, the
// error also matches the context's error. An error among the results is yielded unchanged and ends
// the iteration. Finish reads results only as the function needs them.
func (m *Modules) Finish(ctx context.Context, results iter.Seq2[protocol.Value, error], module, function string, args ...protocol.Value) iter.Seq2[protocol.Value, error] {
	return func(yield func(protocol.Value, error) bool) {
		var early, late error // errors of the results and of the function
		values := func(yield func(protocol.Value) bool) {
			for v, err := range results {
				if early = err; err != nil || !yield(v) {
					return
				}
			}
		}
		// The function runs in a coroutine, so that a panic in the loop's body is not a Lua error.
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

// FinishCurrent is Finish with the module as the cluster has it now, which it fetches first;
// modules that this one requires must be added before. It is the driver.Config.FinishAggregate of
// programs whose AGGREGATE statements run whole functions.
func (m *Modules) FinishCurrent(ctx context.Context, client *cluster.Client, results iter.Seq2[protocol.Value, error], module, function string, args []protocol.Value) iter.Seq2[protocol.Value, error] {
	return func(yield func(protocol.Value, error) bool) {
		if err := m.Fetch(ctx, client, module+udf.Suffix); err != nil {
			yield(protocol.Value{}, err)
			return
		}
		m.Finish(ctx, results, module, function, args...)(yield)
	}
}

// failed returns the error of a function or module.
func failed(ctx context.Context, text string) error {
	return &protocol.Error{Code: protocol.UDFError, Message: text, Err: ctx.Err()}
}
