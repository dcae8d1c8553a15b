package cluster

import (
	"context"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// Execute calls a function of a registered module on a record and returns the function's result.
// The function may create, change or remove the record. pkg is the module's file name without
// ".lua".
//
// If the function fails, the error is protocol.UDFError, with the server's text in Message: file,
// line and cause. Of the policy, Execute uses the timeouts, the retries, Replica, SendKey, Filter,
// CommitLevel, DurableDelete and TTL. Exists and GenerationPolicy must not be set (ErrConfig).
func (c *Client) Execute(ctx context.Context, p *WritePolicy, key protocol.Key, pkg, function string, args ...protocol.Value) (protocol.Value, error) {
	wp, err := c.writePolicy(p)
	if err == nil {
		err = wp.checkExecute()
	}
	if err != nil {
		return protocol.Value{}, c.aboutKey(err, "Execute", &key)
	}
	r := newRequest()
	defer r.free()
	r.cmd = wire.NewExecute(key, &wire.UDFCall{Package: pkg, Function: function, Args: args})
	wp.apply(&r.cmd)
	r.call = call{
		name:    "Execute",
		limits:  wp.limits().resolve(DefaultTotalTimeout, DefaultSocketTimeout, defaultWriteRetries),
		replica: wp.Replica, write: true,
		// A function may be slow, and commands in the same message would have to wait for it.
		alone: true,
		txn:   txnOf(ctx, wp.Txn),
	}
	if err := c.execute(ctx, r); err != nil {
		return protocol.Value{}, err
	}
	return r.resp.UDFResult(), nil
}

// checkExecute returns an error for settings that the server does not accept together with a
// function (docs/wire-core.md#5.4).
func (p *WritePolicy) checkExecute() error {
	switch {
	case p.Exists != Upsert:
		return clientError(configError("WritePolicy.Exists is set, but the function decides whether it creates or updates; leave it Upsert"))
	case p.GenerationPolicy != IgnoreGeneration:
		return clientError(configError("WritePolicy.GenerationPolicy is set, which does not apply to functions; leave it IgnoreGeneration and compare record.gen in the function"))
	}
	return nil
}

// ExecuteRow returns a batch row that calls a function on a record, as Client.Execute does.
// BatchResult.Returned returns the function's result. A nil policy means the client's default for
// writes.
func ExecuteRow(p *WritePolicy, key protocol.Key, pkg, function string, args ...protocol.Value) BatchRow {
	return BatchRow{kind: rowExecute, key: key, policy: p, call: &wire.UDFCall{Package: pkg, Function: function, Args: args}}
}

// BatchExecute calls the same function on many records. It reports results and errors as BatchWrite
// does. BatchResult.Returned returns the function's result.
func (c *Client) BatchExecute(ctx context.Context, p *BatchPolicy, keys []protocol.Key, pkg, function string, args ...protocol.Value) ([]BatchResult, error) {
	wp := c.env.Policies.Write
	if err := wp.checkExecute(); err != nil {
		c.about(&err, "BatchExecute", "", "")
		return nil, err
	}
	udf := &wire.UDFCall{Package: pkg, Function: function, Args: args}
	return c.batchOfKeys(ctx, "BatchExecute", p, keys, func(p *BatchPolicy, i int, cmd *wire.Command) error {
		*cmd = wire.NewExecute(keys[i], udf)
		wp.apply(cmd)
		cmd.SendKey = cmd.SendKey || p.SendKey
		return nil
	})
}

// Returned returns the result of a row's function. It is nil if the function returned nothing or
// failed, see Err.
func (r *BatchResult) Returned() protocol.Value {
	if r.Record == nil {
		return protocol.Value{}
	}
	resp := wire.Response{Bins: r.Record.Bins}
	return resp.UDFResult()
}
