package admin

import (
	"context"
	"fmt"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/internal/info"
	"github.com/aerosql/aerosql/cluster/internal/link"
)

// A Task is work that the nodes continue after the call that started it has returned. It is safe
// for use by several goroutines. Dropping it does not end the work.
type Task struct {
	client *Client
	done   func(context.Context) (bool, error)
}

// Done asks all nodes whether the work is finished.
func (t *Task) Done(ctx context.Context) (bool, error) {
	if t.done == nil {
		return false, clientError(errNoTask)
	}
	return t.done(ctx)
}

// errNoTask is the error of a task that no client has started.
var errNoTask = fmt.Errorf("%w: the task was not returned by a Client", cluster.ErrArgument)

// Wait returns when all nodes have finished the work. It returns an error if the work has failed,
// or if the context ends or the client is closed. A node that can't be reached is asked again as
// long as it belongs to the cluster.
func (t *Task) Wait(ctx context.Context) error { return info.Await(ctx, wait, t.Done) }

// wait waits, unless the context ends first.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return clientError(link.ContextError(ctx))
	}
}

// onAll sends an info command to all nodes and reports whether each gave an answer that satisfies.
// A node that can't be reached gave none.
func (c *Client) onAll(ctx context.Context, command string, satisfies func(answer string) (bool, error)) (bool, error) {
	answers, err := c.answers(ctx, nil, command)
	if err != nil {
		return false, err
	}
	all, err := answers.All(satisfies)
	if err == nil && !all && ctx.Err() != nil {
		err = clientError(link.ContextError(ctx))
	}
	return all, err
}
