package info

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// A Job is one node's report on a query. Package cluster/admin documents the fields.
type Job struct {
	ID             uint64
	Namespace, Set string
	Index          string
	Type, Status   string
	Progress       float64
	Succeeded      int64
	Failed         int64
	Throttled      int64
	Milliseconds   int64
	Fields         map[string]string
}

// DoneStatus is the status of a job that ran to its end.
const DoneStatus = "done(ok)"

// JobActive reports whether a job with the status is running.
func JobActive(status string) bool { return strings.HasPrefix(status, "active") }

// JobAborted reports whether a job with the status ended early.
func JobAborted(status string) bool {
	return !JobActive(status) && status != "" && status != DoneStatus
}

// jobID is the name of the field with a job's id.
const jobID = "trid"

// JobCommand returns a command about the job with an id, in a form that all nodes understand.
// Servers before 8.1 call the parameter trid.
func JobCommand(command string, id uint64, since81 bool) string {
	name := ":id="
	if !since81 {
		name = ":trid="
	}
	return command + name + strconv.FormatUint(id, 10)
}

// ParseJobs parses a list of jobs.
func ParseJobs(list string) ([]Job, error) {
	jobs := make([]Job, 0, strings.Count(list, jobID+"="))
	for entry := range entries(list, afterJob) {
		job, err := ParseJob(entry)
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, job)
	}
	return jobs, nil
}

// ParseJob parses a node's report on one job.
func ParseJob(text string) (Job, error) {
	if err := Error(text); err != nil {
		return Job{}, err
	}
	f := parseNamed(text, afterJob, []string{jobID, "ns", "set"}, []string{"sindex-name", "n-pids-requested", "n-keyds-requested"})
	id, err := strconv.ParseUint(f[jobID], 10, 64)
	if err != nil {
		return Job{}, malformed(fmt.Errorf("query %.80q has no id", text))
	}
	return Job{
		ID: id, Namespace: f["ns"], Set: f["set"], Index: f["sindex-name"], Type: f["job-type"], Status: f["status"],
		Progress: Float(f["job-progress"]), Succeeded: Int(f["recs-succeeded"]), Failed: Int(f["recs-failed"]),
		Throttled: Int(f["recs-throttled"]), Milliseconds: Int(f["run-time"]), Fields: f,
	}, nil
}

// malformed returns the error of an answer that can't be parsed.
func malformed(err error) error {
	return &protocol.Error{Code: protocol.ClientError, Err: fmt.Errorf("%w: %w", protocol.ErrMalformed, err)}
}

// Known calls known with the answer of each node that has a job. It reports whether any node has
// it.
func (a Answers) Known(known func(node, text string) error) (found bool, err error) {
	err = a.Each(func(node, text string) error {
		err := Error(text)
		if errors.Is(err, protocol.KeyNotFound) {
			return nil
		}
		if err == nil {
			found = true
			err = known(node, text)
		}
		return err
	})
	return found, err
}
