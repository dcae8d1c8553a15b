package cluster

import (
	"context"
	"fmt"
	"time"
)

// The pauses between two questions after a task: the first is short, as most tasks are done at once.
const (
	taskPauseMin = 2 * time.Millisecond
	taskPauseMax = 500 * time.Millisecond
)

// A Task is work that the nodes go on with after the call that began it has returned. It is
// safe for use by several goroutines; dropping it does not end the work.
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
var errNoTask = fmt.Errorf("%w: the task was not returned by a Client", ErrArgument)

// Wait returns when all nodes have finished the work, or with an error when it has failed, or when the
// context or the client ends. A node that can't be asked is asked again as long as it belongs to the cluster.
func (t *Task) Wait(ctx context.Context) error { return t.client.await(ctx, t.Done) }

// await asks, with pauses that grow, until the answer is yes.
func (c *Client) await(ctx context.Context, done func(context.Context) (bool, error)) error {
	for pause := taskPauseMin; ; pause = min(2*pause, taskPauseMax) {
		ok, err := done(ctx)
		if ok || err != nil {
			return err
		}
		if err := c.wait(ctx, pause); err != nil {
			return err
		}
	}
}

// onAll sends an info command to all nodes and reports whether each of them gave an answer that
// satisfies. A node that can't be reached has given none; satisfied may end the matter with an error.
func (c *Client) onAll(ctx context.Context, command string, satisfied func(answer string) (bool, error)) (bool, error) {
	answers, err := c.InfoAll(ctx, nil, command)
	if err != nil {
		return false, err
	}
	all := true
	for name, a := range answers {
		if a.Err != nil {
			if err := contextError(ctx); err != nil {
				return false, clientError(err)
			}
			all = false
			continue
		}
		ok, err := satisfied(a.Values[command])
		if err != nil {
			return false, onNode(err, name)
		}
		all = all && ok
	}
	return all, nil
}
