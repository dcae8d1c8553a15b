package cluster

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// LogObserver returns an observer that logs failed commands at level Warn, with the error and
// whether it is in doubt, commands that take at least slow at level Info, and failed tries at level
// Debug. If slow is 0, slow commands are not logged. A missing or filtered record is not a failure.
func LogObserver(logger *slog.Logger, slow time.Duration) Observer {
	return &logObserver{logger, slow}
}

type logObserver struct {
	logger *slog.Logger
	slow   time.Duration
}

func (o *logObserver) CommandStart(ctx context.Context, _ CommandStart) context.Context { return ctx }

func (o *logObserver) CommandTry(ctx context.Context, t CommandTry) {
	if !rowFailed(t.Err) || !o.logger.Enabled(ctx, slog.LevelDebug) {
		return
	}
	node := ""
	if t.Node != nil {
		node = t.Node.name
	}
	o.logger.LogAttrs(ctx, slog.LevelDebug, "aerospike: try failed",
		slog.String("node", node), slog.Int("try", t.Number), slog.Duration("duration", t.Duration), slog.Any("error", t.Err))
}

func (o *logObserver) CommandEnd(ctx context.Context, e CommandEnd) {
	level, message := slog.LevelInfo, "aerospike: slow command"
	switch failed := rowFailed(e.Err); {
	case failed:
		level, message = slog.LevelWarn, "aerospike: command failed"
	case o.slow <= 0 || e.Duration < o.slow:
		return
	}
	if !o.logger.Enabled(ctx, level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("command", e.Name), slog.String("namespace", e.Namespace), slog.String("set", e.Set),
		slog.Duration("duration", e.Duration), slog.Int("tries", e.Tries),
	}
	if e.Rows > 0 {
		attrs = append(attrs, slog.Int("rows", e.Rows))
	}
	if rowFailed(e.Err) {
		attrs = append(attrs, slog.Any("error", e.Err), slog.Bool("in_doubt", inDoubt(e.Err)))
	}
	o.logger.LogAttrs(ctx, level, message, attrs...)
}

// inDoubt reports whether the command, or any row of the batch, failed but may have been applied.
func inDoubt(err error) bool {
	if batch, ok := errors.AsType[*BatchError](err); ok {
		for i := range batch.Results {
			if batch.Results[i].Err != nil && inDoubt(batch.Results[i].Err) {
				return true
			}
		}
		return false
	}
	e, ok := errors.AsType[*protocol.Error](err)
	return ok && e.InDoubt
}
