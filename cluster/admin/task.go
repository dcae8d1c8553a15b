package admin

import (
	"context"
	"fmt"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/internal/info"
	"github.com/aerosql/aerosql/cluster/internal/link"
)

// A Task represents work that the nodes continue after the call that started it has returned. It is
// safe for concurrent use by multiple goroutines. The work goes on even if the Task is discarded.
type Task struct {
	client *Client
	done   func(context.Context) (bool, error)
}

// Done queries all nodes and reports whether the work is finished.
func (t *Task) Done(ctx context.Context) (bool, error) {
	if t.done == nil {
		return false, clientError(errNoTask)
	}
	return t.done(ctx)
}

// errNoTask is the error of methods of a zero Task.
var errNoTask = fmt.Errorf("%w: the task was not returned by a Client", cluster.ErrArgument)

// Wait waits until all nodes have finished the work. It returns an error if the work has failed,
// the context ends, or the client is closed. If a node can't be reached, Wait retries it as long as
// it belongs to the cluster.
func (t *Task) Wait(ctx context.Context) error { return info.Await(ctx, wait, t.Done) }

// wait waits for d. It returns early, with an error, if the context ends.
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

// onAll sends an info command to all nodes and reports whether satisfies returned true for every
// node's answer. It returns false if a node can't be reached.
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
