package cluster

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// A Job is a query as one node shows it: one under way, or one of the last hundred that were (wire-core.md 8.6).
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
	Fields map[string]string
}

// Active reports whether the job is under way.
func (j *Job) Active() bool { return strings.HasPrefix(j.Status, "active") }

// Aborted reports whether the job has ended early.
func (j *Job) Aborted() bool { return !j.Active() && j.Status != "" && j.Status != "done(ok)" }

// Jobs returns the queries that each node shows, by the nodes' names.
func (c *Client) Jobs(ctx context.Context, p *InfoPolicy) (map[string][]Job, error) {
	answers, err := c.infoEach(ctx, p, "query-show")
	if err != nil {
		return nil, err
	}
	all := make(map[string][]Job, len(answers))
	for node, answer := range answers {
		all[node] = nil
		for entry := range strings.SplitSeq(answer, ";") {
			if entry == "" {
				continue
			}
			job, err := parseJob(entry)
			if err != nil {
				return nil, onNode(err, node)
			}
			all[node] = append(all[node], job)
		}
	}
	return all, nil
}

// AbortQuery ends the query with an id, of any kind, on all nodes. Nodes that do not know it are no error.
func (c *Client) AbortQuery(ctx context.Context, p *InfoPolicy, id uint64) error {
	command := c.jobCommand("query-abort", id)
	answers, err := c.InfoAll(ctx, p, command)
	if err != nil {
		return err
	}
	for node, a := range answers {
		err := a.Err
		if err == nil {
			err = infoError(a.Values[command])
		}
		if err != nil && !errors.Is(err, protocol.KeyNotFound) {
			return onNode(err, node)
		}
	}
	return nil
}

// AbortAllQueries ends all queries on all nodes, those of other clients too, and returns how many there were.
func (c *Client) AbortAllQueries(ctx context.Context, p *InfoPolicy) (killed int64, err error) {
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
	for _, n := range c.Nodes() {
		if !n.version.AtLeast(8, 1) {
			name = ":trid="
		}
	}
	return command + name + strconv.FormatUint(id, 10)
}

// parseJob reads what a node says about one job.
func parseJob(answer string) (Job, error) {
	if err := infoError(answer); err != nil {
		return Job{}, err
	}
	f := infoPairs(answer, ":")
	id, _ := strconv.ParseUint(f["trid"], 10, 64)
	progress, _ := strconv.ParseFloat(f["job-progress"], 64)
	return Job{
		ID: id, Namespace: f["ns"], Set: f["set"], Index: f["sindex-name"], Type: f["job-type"], Status: f["status"],
		Progress: progress, Succeeded: infoInt(f, "recs-succeeded"), Failed: infoInt(f, "recs-failed"),
		Throttled: infoInt(f, "recs-throttled"), Milliseconds: infoInt(f, "run-time"), Fields: f,
	}, nil
}
