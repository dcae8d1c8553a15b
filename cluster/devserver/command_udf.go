package devserver

import (
	"context"
	"log/slog"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/udf"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// Bins that hold a function's result in the answer.
const (
	udfSuccess = "SUCCESS"
	udfFailure = "FAILURE"
)

const (
	maxUDFName = 127
	udfForbid  = wire.Info3UpdateOnly | wire.Info3CreateOrReplace | wire.Info3ReplaceOnly
	udfForbid2 = wire.Info2Generation | wire.Info2GenerationGT | wire.Info2CreateOnly
	// udfBudget limits a function's run time if its command has no time budget
	// (transaction-max-ms).
	udfBudget = time.Second
)

func (c *command) isUDF() bool {
	_, ok := c.message.Field(wire.FieldUDFPackage)
	return ok
}

// readUDF reads the function call of a request. ok is false if a field is missing or too long.
// Arguments that are not a list count as no arguments (docs/wire-cdt-exp.md#10.1).
func readUDF(m *wire.Message) (call udf.Call, ok bool) {
	module, hasModule := m.Field(wire.FieldUDFPackage)
	function, hasFunction := m.Field(wire.FieldUDFFunction)
	packed, hasArguments := m.Field(wire.FieldUDFArgs)
	if !hasModule || !hasFunction || !hasArguments || len(module) > maxUDFName || len(function) > maxUDFName {
		return call, false
	}
	return udf.Call{Module: string(module), Function: string(function), Arguments: udf.Arguments(packed)}, true
}

// applyUDF calls a function on the record. The function may create or remove the record. The order
// of the checks is that of the real server (docs/wire-cdt-exp.md#10.1).
func (c *command) applyUDF() protocol.ResultCode {
	call, ok := readUDF(c.message)
	if !ok || c.message.Info2&udfForbid2 != 0 || c.message.Info3&udfForbid != 0 {
		return protocol.ParameterError
	}
	p, code := c.lock()
	if code != protocol.OK {
		return code
	}
	defer p.unlock()
	stored := p.working().get(&c.digest)
	if code := c.mayCall(stored); code != protocol.OK {
		return code
	}
	u := udfRecord{command: c, partition: p, stored: c.setPrevious(c.visible(stored)), lockedByOther: stored.provisional() && !c.part.own}
	if code := u.open(); code != protocol.OK {
		return code
	}
	return u.run(call)
}

// mayCall decides whether a function may be called on the stored record. stored is nil if there is
// none. If another transaction has locked the record, the function sees the version before the
// lock, if there is one.
func (c *command) mayCall(stored *record) protocol.ResultCode {
	if code := c.mayRead(stored); code != protocol.OK {
		return code
	}
	if before := c.visible(stored); stored.provisional() && (before == nil || c.gone(before)) {
		return c.blocked()
	}
	return protocol.OK
}

// run calls the function and stores its changes. It holds the partition's lock, as a real server
// holds the record's lock.
func (u *udfRecord) run(call udf.Call) protocol.ResultCode {
	c := u.command
	ctx, cancel := c.udfDeadline()
	defer cancel()
	call.Host = c.ns.server.udfHost()
	u.function = u.describe()
	result, err := c.ns.server.modules.code.Apply(ctx, call, u.function)
	if err != nil {
		c.appendResult(protocol.OpRead, bin{name: []byte(udfFailure), particle: protocol.ParticleString, value: []byte(err.Error())})
		return protocol.UDFError
	}
	if code := u.function.Code; code != protocol.OK {
		return code
	}
	if u.function.Updated {
		if code := u.store(); code != protocol.OK {
			return code
		}
	}
	b, code := c.pack(result, protocol.OK)
	b.name = []byte(udfSuccess)
	c.appendResult(protocol.OpRead, b)
	return code
}

// udfDeadline returns the context for a function. It ends with the command's time budget or with
// the node.
func (c *command) udfDeadline() (context.Context, context.CancelFunc) {
	budget := udfBudget
	if c.message.TransactionTTL != 0 {
		budget = time.Duration(c.message.TransactionTTL) * time.Millisecond
	}
	return context.WithTimeout(c.node.process.running, budget)
}

// udfHost returns the parts of the server that functions can use.
func (s *Server) udfHost() udf.Host {
	return udf.Host{
		Now: func() int64 { return s.Now().UnixMilli() },
		Log: func(level int64, message string) {
			s.options.Logger.Log(context.Background(), udfLogLevel(level), message, "from", "udf")
		},
	}
}

// udfLogLevel converts a log level of a function, from 0 (critical) to 4 (detail).
func udfLogLevel(level int64) slog.Level {
	switch level {
	case 0:
		return slog.LevelError
	case 1:
		return slog.LevelWarn
	case 2:
		return slog.LevelInfo
	}
	return slog.LevelDebug
}
