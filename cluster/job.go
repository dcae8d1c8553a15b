package cluster

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// A Job is a query as one node shows it: one under way, or one of the last hundred that were.
type Job struct {
	ID             uint64
	Namespace, Set string
	Index          string // name of the secondary index
	Type           string // basic, aggregation, background-udf or background-ops
	Status         string // active(ok), done(ok), done(user-aborted), done(abandoned-...)
	Progress       float64
	Succeeded      int64 // records
	Failed         int64
	Throttled      int64 // that waited because of a limit of records per second
	Milliseconds   int64 // run time
	// Fields has all that the node says, by its names.
	Fields InfoFields
}

// Active reports whether the job is under way.
func (j *Job) Active() bool { return strings.HasPrefix(j.Status, "active") }

// Aborted reports whether the job has ended early.
func (j *Job) Aborted() bool { return !j.Active() && j.Status != "" && j.Status != "done(ok)" }

// Jobs returns the queries that each node shows, by the nodes' names.
func (c *Client) Jobs(ctx context.Context, p *InfoPolicy) (_ map[string][]Job, err error) {
	defer c.about(&err, "Jobs", "", "")
	return infoOfEach(ctx, c, p, "query-show", parseJobs)
}

func parseJobs(answer string) (jobs []Job, err error) {
	jobs = make([]Job, 0, strings.Count(answer, jobID+"="))
	for entry := range listEntries(answer, behindJob) {
		job, err := parseJob(entry)
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, job)
	}
	return jobs, nil
}

// ErrNoJob means a query that no node knows: it has never been there, or was over a hundred queries ago. The error's
// code is protocol.KeyNotFound as well.
var ErrNoJob = errors.New("no such query")

func noJob(id uint64) error {
	return &protocol.Error{Code: protocol.KeyNotFound, Attempts: 1, Message: fmt.Sprintf("no node knows the query %d", id), Err: ErrNoJob}
}

// Job returns the query of an id, by the names of the nodes that know it. The error is ErrNoJob if none does.
func (c *Client) Job(ctx context.Context, p *InfoPolicy, id uint64) (_ map[string]Job, err error) {
	defer c.about(&err, "Job", "", "")
	jobs := make(map[string]Job)
	err = c.askJob(ctx, p, "query-show", id, func(node, answer string) error {
		job, err := parseJob(answer)
		jobs[node] = job
		return err
	})
	if err != nil {
		return nil, err
	}
	return jobs, nil
}

// AbortQuery ends the query of an id, of any kind, on all nodes that are at work on it. The error is ErrNoJob if
// none is.
func (c *Client) AbortQuery(ctx context.Context, p *InfoPolicy, id uint64) (err error) {
	defer c.about(&err, "AbortQuery", "", "")
	return c.askJob(ctx, p, "query-abort", id, func(string, string) error { return nil })
}

// askJob sends a command about a query to all nodes and calls known with the answers of those that know it.
func (c *Client) askJob(ctx context.Context, p *InfoPolicy, command string, id uint64, known func(node, answer string) error) error {
	command = c.jobCommand(command, id)
	answers, err := c.InfoAll(ctx, p, command)
	if err != nil {
		return err
	}
	found := false
	for node, a := range answers {
		err := a.Err
		if err == nil {
			err = infoError(a.Values[command])
		}
		if errors.Is(err, protocol.KeyNotFound) {
			continue
		}
		if err == nil {
			err = known(node, a.Values[command])
		}
		if err != nil {
			return onNode(err, node)
		}
		found = true
	}
	if !found {
		return noJob(id)
	}
	return nil
}

// AbortAllQueries ends all queries on all nodes, those of other clients too, and returns how many there were.
func (c *Client) AbortAllQueries(ctx context.Context, p *InfoPolicy) (killed int64, err error) {
	defer c.about(&err, "AbortAllQueries", "", "")
	answers, err := c.infoEach(ctx, p, "query-abort-all")
	for _, answer := range answers {
		_, n, _ := strings.Cut(answer, ":")
		count, _ := strconv.ParseInt(n, 10, 64)
		killed += count
	}
	return killed, err
}

// jobCommand names a job in the way that all nodes understand: servers before 8.1 call the id trid.
func (c *Client) jobCommand(command string, id uint64) string {
	name := ":id="
	if !c.since(8, 1) {
		name = ":trid="
	}
	return command + name + strconv.FormatUint(id, 10)
}

// jobID is the name of a job's id.
const jobID = "trid"

// parseJob reads what a node says about one job.
func parseJob(answer string) (Job, error) {
	if err := infoError(answer); err != nil {
		return Job{}, err
	}
	f := parseNamed(answer, behindJob, []string{jobID, "ns", "set"}, []string{"sindex-name", "n-pids-requested", "n-keyds-requested"})
	id, err := strconv.ParseUint(f[jobID], 10, 64)
	if err != nil {
		return Job{}, clientError(fmt.Errorf("%w: the query %.80q has no id", protocol.ErrMalformed, answer))
	}
	return Job{
		ID: id, Namespace: f["ns"], Set: f["set"], Index: f["sindex-name"], Type: f["job-type"], Status: f["status"],
		Progress: f.Float("job-progress"), Succeeded: f.Int("recs-succeeded"), Failed: f.Int("recs-failed"),
		Throttled: f.Int("recs-throttled"), Milliseconds: f.Int("run-time"), Fields: f,
	}, nil
}
