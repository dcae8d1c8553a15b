package admin

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/internal/info"
	"github.com/aerosql/aerosql/protocol"
)

// A Job is one node's report on a query. Nodes report running queries and the last 100 that have
// ended.
type Job struct {
	ID             uint64
	Namespace, Set string
	Index          string  // name of the secondary index
	Type           string  // basic, aggregation, background-udf or background-ops
	Status         string  // active(ok), done(ok), done(user-aborted), done(abandoned-...)
	Progress       float64 // percent
	Succeeded      int64   // records
	Failed         int64   // records
	Throttled      int64   // records delayed by a limit of records per second
	Milliseconds   int64   // run time
	// Fields has all values that the node reports.
	Fields InfoFields
}

// Active reports whether the job is running.
func (j *Job) Active() bool { return info.JobActive(j.Status) }

// Aborted reports whether the job ended early.
func (j *Job) Aborted() bool { return info.JobAborted(j.Status) }

// Jobs returns the queries that each node reports, keyed by node name.
func (c *Client) Jobs(ctx context.Context, p *cluster.InfoPolicy) (_ map[string][]Job, err error) {
	defer c.about(&err, "Jobs", "", "")
	return ofEach(ctx, c, p, "query-show", parseJobs)
}

func parseJobs(answer string) ([]Job, error) {
	list, err := info.ParseJobs(answer)
	if err != nil {
		return nil, err
	}
	jobs := make([]Job, 0, len(list))
	for i := range list {
		jobs = append(jobs, newJob(&list[i]))
	}
	return jobs, nil
}

func newJob(j *info.Job) Job {
	return Job{
		ID: j.ID, Namespace: j.Namespace, Set: j.Set, Index: j.Index, Type: j.Type, Status: j.Status, Progress: j.Progress,
		Succeeded: j.Succeeded, Failed: j.Failed, Throttled: j.Throttled, Milliseconds: j.Milliseconds, Fields: j.Fields,
	}
}

// ErrNoJob means that no node has a record of the query: it never existed, or more than 100 queries
// have ended since. The error's code is protocol.KeyNotFound.
var ErrNoJob = errors.New("no such query")

func noJob(id uint64) error {
	return &protocol.Error{Code: protocol.KeyNotFound, Attempts: 1, Message: fmt.Sprintf("no node knows the query %d", id), Err: ErrNoJob}
}

// Job returns the reports on the query with an id, keyed by node name. Nodes that do not have the
// query are omitted. If no node has it, the error is ErrNoJob.
func (c *Client) Job(ctx context.Context, p *cluster.InfoPolicy, id uint64) (_ map[string]Job, err error) {
	defer c.about(&err, "Job", "", "")
	jobs := make(map[string]Job)
	err = c.askJob(ctx, p, "query-show", id, func(node, answer string) error {
		job, err := info.ParseJob(answer)
		jobs[node] = newJob(&job)
		return err
	})
	if err != nil {
		return nil, err
	}
	return jobs, nil
}

// AbortQuery aborts the query with an id, of any kind, on all nodes that run it. If no node runs
// it, the error is ErrNoJob.
func (c *Client) AbortQuery(ctx context.Context, p *cluster.InfoPolicy, id uint64) (err error) {
	defer c.about(&err, "AbortQuery", "", "")
	return c.askJob(ctx, p, "query-abort", id, func(string, string) error { return nil })
}

// askJob sends a command about a query to all nodes. It calls known with the answer of each node
// that has the query.
func (c *Client) askJob(ctx context.Context, p *cluster.InfoPolicy, command string, id uint64, known func(node, answer string) error) error {
	answers, err := c.answers(ctx, p, info.JobCommand(command, id, c.since81()))
	if err != nil {
		return err
	}
	found, err := answers.Known(known)
	if err == nil && !found {
		return noJob(id)
	}
	return err
}

// AbortAllQueries aborts all queries on all nodes, including those of other clients. It returns the
// number of aborted queries, summed over the nodes.
func (c *Client) AbortAllQueries(ctx context.Context, p *cluster.InfoPolicy) (aborted int64, err error) {
	defer c.about(&err, "AbortAllQueries", "", "")
	counts, err := ofEach(ctx, c, p, "query-abort-all", func(answer string) (int64, error) {
		_, n, _ := strings.Cut(answer, ":")
		count, _ := strconv.ParseInt(n, 10, 64)
		return count, nil
	})
	for _, n := range counts {
		aborted += n
	}
	return aborted, err
}
