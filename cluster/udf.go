package cluster

import (
	"context"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// Execute calls a function of a registered module on a record, which the function may create,
// change or remove, and returns what it returned. The package is the module's file name without ".lua". An error of
// the function is protocol.UDFError, with the server's text in Message: file, line and what was
// wrong. Nothing else of the policy counts than times, retries, Replica, SendKey, Filter, CommitLevel,
// DurableDelete and TTL; what a function could not obey is refused (ErrConfig).
func (c *Client) Execute(ctx context.Context, p *WritePolicy, key protocol.Key, pkg, function string, args ...protocol.Value) (protocol.Value, error) {
	wp, err := c.writePolicy(p)
	if err == nil {
		err = wp.checkExecute()
	}
	if err != nil {
		return protocol.Value{}, c.aboutKey(err, "Execute", &key)
	}
	cmd := wire.NewExecute(key, &wire.UDFCall{Package: pkg, Function: function, Args: args})
	wp.apply(&cmd)
	cl := call{
		name:    "Execute",
		limits:  wp.limits().resolve(DefaultTotalTimeout, DefaultSocketTimeout, defaultWriteRetries),
		replica: wp.Replica, write: true,
		// A function may take its time, and those who travel with it would have to wait for it.
		alone: true,
		txn:   txnOf(ctx, wp.Txn),
	}
	var resp wire.Response
	if err := c.execute(ctx, &cl, &cmd, &resp); err != nil {
		return protocol.Value{}, err
	}
	return resp.UDFResult(), nil
}

// checkExecute refuses what the server refuses with a function (docs/wire-core.md#5.4).
func (p *WritePolicy) checkExecute() error {
	switch {
	case p.Exists != Upsert:
		return clientError(configError("WritePolicy.Exists is set, but a function decides by itself whether it creates or updates; leave it Upsert"))
	case p.GenerationPolicy != IgnoreGeneration:
		return clientError(configError("WritePolicy.GenerationPolicy is set, which functions can't obey; leave it IgnoreGeneration and compare record.gen in the function"))
	}
	return nil
}

// ExecuteRow calls a function on a record; BatchResult.Returned gives what it
// returned. A nil policy is the client's default for writes.
func ExecuteRow(p *WritePolicy, key protocol.Key, pkg, function string, args ...protocol.Value) BatchRow {
	return BatchRow{kind: rowExecute, key: key, policy: p, call: &wire.UDFCall{Package: pkg, Function: function, Args: args}}
}

// BatchExecute calls the same function on many records. Results and error are those of BatchWrite;
// BatchResult.Returned gives what the function returned.
func (c *Client) BatchExecute(ctx context.Context, p *BatchPolicy, keys []protocol.Key, pkg, function string, args ...protocol.Value) ([]BatchResult, error) {
	wp := c.env.Policies.Write
	if err := wp.checkExecute(); err != nil {
		c.about(&err, "BatchExecute", "", "")
		return nil, err
	}
	udf := &wire.UDFCall{Package: pkg, Function: function, Args: args}
	return c.batchOfKeys(ctx, "BatchExecute", p, keys, func(p *BatchPolicy, i int) (wire.Command, error) {
		cmd := wire.NewExecute(keys[i], udf)
		wp.apply(&cmd)
		cmd.SendKey = cmd.SendKey || p.SendKey
		return cmd, nil
	})
}

// Returned is what the function of a row returned; nil if it returned nothing or has failed, see Err.
func (r *BatchResult) Returned() protocol.Value {
	if r.Record == nil {
		return protocol.Value{}
	}
	resp := wire.Response{Bins: r.Record.Bins}
	return resp.UDFResult()
}
