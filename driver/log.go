package driver

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/exec"
	"github.com/aerosql/aerosql/querylang/parse"
)

// A StatementInfo describes a statement that is about to run, or several in one text.
type StatementInfo struct {
	text    string
	args    []driver.NamedValue
	dialect querylang.Dialect
	space   string
}

// Text returns the text with ? in the place of each literal, so that it has no values.
func (s StatementInfo) Text() string { return parse.Redact(s.text, s.dialect) }

// FullText returns the text as the program gave it. If it may contain a password, as CREATE USER
// does, it returns Text instead.
func (s StatementInfo) FullText() string {
	if parse.MayHoldSecrets(s.text) {
		return s.Text()
	}
	return s.text
}

// Namespace returns the namespace of tables that the statement names without one, or "".
func (s StatementInfo) Namespace() string { return s.space }

// Args returns the arguments as plain Go values, such as an int64 for a time.Time. It returns nil
// if the text may contain a password, because an argument may be one too.
func (s StatementInfo) Args() []any {
	if parse.MayHoldSecrets(s.text) {
		return nil
	}
	values := make([]any, len(s.args))
	for i := range s.args {
		values[i] = s.args[i].Value
		if v, ok := s.args[i].Value.(protocol.Value); ok {
			values[i] = nativeValue(v)
		}
	}
	return values
}

// String returns Text.
func (s StatementInfo) String() string { return s.Text() }

// Format writes Text for every verb.
func (s StatementInfo) Format(f fmt.State, _ rune) { fmt.Fprint(f, s.Text()) }

// LogValue returns Text.
func (s StatementInfo) LogValue() slog.Value { return slog.StringValue(s.Text()) }

// A StatementResult describes how a statement ended.
type StatementResult struct {
	// Duration is the time from the start of the statement to its end. A query ends when its rows
	// are closed, so that the time includes that of the program.
	Duration time.Duration
	// Returned is the number of rows that the program read.
	Returned int64
	// Affected is the number of records that were written, also by Query.
	Affected int64
	// Err is the error of the statement, of preparing it or of reading its rows; nil if there was
	// none.
	Err error
}

// A watch is a statement that is observed: it is logged, or hooks are called for it.
type watch struct {
	conn  *Conn
	info  StatementInfo
	ctx   context.Context
	ended func(StatementResult)
	start time.Time
}

// watch starts to observe a statement. It returns nil if the Config asks for nothing.
func (c *Conn) watch(ctx context.Context, text string, args []driver.NamedValue) (context.Context, *watch) {
	if !c.cfg.watches() {
		return ctx, nil
	}
	w := &watch{conn: c, start: time.Now(), ctx: ctx}
	w.info = StatementInfo{text: text, args: args, dialect: c.options.Dialect, space: c.options.Namespace}
	if c.cfg.OnStatement != nil {
		if of, ended := c.cfg.OnStatement(ctx, w.info); of != nil {
			w.ctx, w.ended = of, ended
		} else {
			w.ended = ended
		}
	}
	return w.ctx, w
}

// watches reports whether statements are observed.
func (c *Config) watches() bool {
	return c.OnStatement != nil || c.LogStatements || c.SlowStatement > 0
}

// end reports the end of a statement. The watch may be nil.
func (w *watch) end(returned, affected int64, err error) {
	if w == nil {
		return
	}
	result := StatementResult{Duration: time.Since(w.start), Returned: returned, Affected: affected, Err: err}
	w.log(&result)
	if w.ended != nil {
		w.ended(result)
	}
}

// log logs a statement if the Config says so.
func (w *watch) log(r *StatementResult) {
	cfg := w.conn.cfg
	slow := cfg.SlowStatement > 0 && r.Duration >= cfg.SlowStatement
	if !slow && !cfg.LogStatements {
		return
	}
	logger := cfg.Logger
	if logger == nil {
		logger = slog.Default()
	}
	level, message := slog.LevelInfo, "statement"
	if slow {
		level, message = slog.LevelWarn, "slow statement"
	}
	if r.Err != nil {
		level = slog.LevelWarn
	}
	if !logger.Enabled(w.ctx, level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("text", w.info.Text()), slog.Duration("duration", r.Duration),
		slog.Int64("returned", r.Returned), slog.Int64("affected", r.Affected),
	}
	if cfg.LogArguments {
		attrs[0] = slog.String("text", w.info.FullText())
		attrs = append(attrs, slog.Any("arguments", w.info.Args()))
	}
	if r.Err != nil {
		attrs = append(attrs, slog.String("error", errorText(r.Err, cfg.LogArguments && !parse.MayHoldSecrets(w.info.text))))
	}
	logger.LogAttrs(w.ctx, level, message, attrs...)
}

// errorText returns an error's message. Without values it leaves out what may quote the statement
// or its arguments.
func errorText(err error, values bool) string {
	if values {
		return err.Error()
	}
	if e, ok := errors.AsType[*protocol.Error](err); ok {
		text := e.Code.String()
		if e.Err != nil {
			text = knownText(e.Err)
		}
		if e.InDoubt {
			text += ", in doubt"
		}
		return text
	}
	if e, ok := errors.AsType[*querylang.Error](err); ok {
		if e.Line == 0 {
			return e.Kind.Error()
		}
		return fmt.Sprintf("%v at line %d, column %d", e.Kind, e.Line, e.Column)
	}
	return knownText(err)
}

// knownErrors are errors whose messages contain no values.
var knownErrors = []error{
	context.Canceled, context.DeadlineExceeded, cluster.ErrTimeout, cluster.ErrConnect, cluster.ErrNoNode, cluster.ErrNodeBackoff,
	cluster.ErrOverload, cluster.ErrRetryBudget, cluster.ErrClosed, exec.ErrMemory, exec.ErrConflict, driver.ErrBadConn, ErrReadOnly, ErrNoTransactions, ErrClosed,
}

// knownText returns the message of the known error that err is, or its type.
func knownText(err error) string {
	for _, known := range knownErrors {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return fmt.Sprintf("%T", err)
}
