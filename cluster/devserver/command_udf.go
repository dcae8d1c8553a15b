package devserver

import (
	"context"
	"log/slog"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/udf"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// Names of the bins in which a function's outcome is answered.
const (
	udfSuccess = "SUCCESS"
	udfFailure = "FAILURE"
)

const (
	maxUDFName = 127
	udfForbid  = wire.Info3UpdateOnly | wire.Info3CreateOrReplace | wire.Info3ReplaceOnly
	udfForbid2 = wire.Info2Generation | wire.Info2GenerationGT | wire.Info2CreateOnly
	// udfBudget is how long a function may run whose command has no time budget (transaction-max-ms).
	udfBudget = time.Second
)

func (c *command) isUDF() bool {
	_, ok := c.message.Field(wire.FieldUDFPackage)
	return ok
}

// readUDF reads which function a request calls and with what; false if a field is
// missing or too long. Arguments that are no list are none (docs/wire-cdt-exp.md#10.1).
func readUDF(m *wire.Message) (call udf.Call, ok bool) {
	module, hasModule := m.Field(wire.FieldUDFPackage)
	function, hasFunction := m.Field(wire.FieldUDFFunction)
	packed, hasArguments := m.Field(wire.FieldUDFArgs)
	if !hasModule || !hasFunction || !hasArguments || len(module) > maxUDFName || len(function) > maxUDFName {
		return call, false
	}
	return udf.Call{Module: string(module), Function: string(function), Arguments: udf.Arguments(packed)}, true
}

// applyUDF calls a function on the record, which may create or remove it. The order of the
// checks is the real server's (docs/wire-cdt-exp.md#10.1).
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
	u := udfRecord{command: c, partition: p, stored: c.follow(c.shown(stored)), lockedByOther: stored.provisional() && !c.part.own}
	if code := u.open(); code != protocol.OK {
		return code
	}
	return u.run(call)
}

// mayCall decides whether a function may be called on the stored record, nil for none. One that another transaction has
// locked is shown as it was before, if it was.
func (c *command) mayCall(stored *record) protocol.ResultCode {
	if code := c.mayRead(stored); code != protocol.OK {
		return code
	}
	if before := c.shown(stored); stored.provisional() && (before == nil || c.gone(before)) {
		return c.blocked()
	}
	return protocol.OK
}

// run calls the function and stores what it did. It runs under the partition's
// lock, as a real server runs it under the record's.
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

// udfDeadline gives the context in which a function runs: until the command's time budget or the
// node ends.
func (c *command) udfDeadline() (context.Context, context.CancelFunc) {
	budget := udfBudget
	if c.message.TransactionTTL != 0 {
		budget = time.Duration(c.message.TransactionTTL) * time.Millisecond
	}
	return context.WithTimeout(c.node.process.running, budget)
}

// udfHost is what functions reach of the server.
func (s *Server) udfHost() udf.Host {
	return udf.Host{
		Now: func() int64 { return s.options.Clock().UnixMilli() },
		Log: func(level int64, message string) {
			s.options.Logger.Log(context.Background(), udfLogLevel(level), message, "from", "udf")
		},
	}
}

// udfLogLevel gives the level of a log entry, of which functions give the server's own numbers:
// 0 is critical, 4 is a detail.
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
