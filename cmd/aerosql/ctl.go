package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
)

// A ctlForm is one form of aerosql ctl: its words, and the request that it sends. Words in capitals
// are variables.
type ctlForm struct {
	form    string // e.g. "node kill NODE"
	summary string
	method  string
	path    string // variables in braces, in the order of the form
	body    string // JSON with variables in braces
	input   bool   // the body is read from the file that is the last argument, "-" for standard input
}

// ctlForms are all forms. The first word groups them in the help.
var ctlForms = []ctlForm{
	{form: "nodes", summary: "list the nodes", method: "GET", path: "/v1/nodes"},
	{form: "node add", summary: "start a new node", method: "POST", path: "/v1/nodes"},
	{form: "node start NODE", summary: "start a node that has ended", method: "POST", path: "/v1/nodes/{NODE}/start"},
	{form: "node start-empty NODE", summary: "start a node without its old records", method: "POST", path: "/v1/nodes/{NODE}/start", body: `{"empty":true}`},
	{form: "node stop NODE", summary: "shut a node down", method: "POST", path: "/v1/nodes/{NODE}/stop"},
	{form: "node kill NODE", summary: "end a node as a crash does", method: "POST", path: "/v1/nodes/{NODE}/kill"},
	{form: "node freeze NODE", summary: "stop a node as SIGSTOP does", method: "POST", path: "/v1/nodes/{NODE}/freeze"},
	{form: "node thaw NODE", summary: "resume a frozen or partitioned node", method: "POST", path: "/v1/nodes/{NODE}/thaw"},
	{form: "node partition NODE", summary: "cut a node off", method: "POST", path: "/v1/nodes/{NODE}/partition"},
	{form: "node slow NODE MS", summary: "delay every request to a node", method: "POST", path: "/v1/nodes/{NODE}/slow", body: `{"delay_ms":{MS}}`},
	{form: "faults", summary: "list the faults", method: "GET", path: "/v1/faults"},
	{form: "fault add JSON", summary: "install a fault", method: "POST", path: "/v1/faults", body: `{JSON}`},
	{form: "fault remove ID", summary: "remove a fault", method: "DELETE", path: "/v1/faults/{ID}"},
	{form: "fault clear", summary: "remove all faults", method: "DELETE", path: "/v1/faults"},
	{form: "clock", summary: "show the time of the cluster", method: "GET", path: "/v1/time"},
	{form: "clock set TIME", summary: "set the time, e.g. 2030-01-02T03:04:05Z", method: "POST", path: "/v1/time", body: `{"set":"{TIME}"}`},
	{form: "clock advance MS", summary: "move the time forward by milliseconds", method: "POST", path: "/v1/time", body: `{"advance_ms":{MS}}`},
	{form: "namespaces", summary: "list the namespaces and their sets", method: "GET", path: "/v1/namespaces"},
	{form: "namespace add NAMESPACE", summary: "add a namespace", method: "POST", path: "/v1/namespaces", body: `{"name":"{NAMESPACE}"}`},
	{form: "records dump NAMESPACE", summary: "print all records as lines of JSON", method: "GET", path: "/v1/namespaces/{NAMESPACE}/records"},
	{form: "records dump NAMESPACE SET", summary: "print the records of a set", method: "GET", path: "/v1/namespaces/{NAMESPACE}/records?set={SET}"},
	{form: "records load NAMESPACE FILE", summary: "store records from lines of JSON, - for standard input", method: "POST", path: "/v1/namespaces/{NAMESPACE}/records", input: true},
	{form: "records truncate NAMESPACE", summary: "remove all records of a namespace", method: "POST", path: "/v1/namespaces/{NAMESPACE}/truncate"},
	{form: "records truncate NAMESPACE SET", summary: "remove all records of a set", method: "POST", path: "/v1/namespaces/{NAMESPACE}/truncate", body: `{"set":"{SET}"}`},
	{form: "records expire NAMESPACE", summary: "remove expired records", method: "POST", path: "/v1/namespaces/{NAMESPACE}/expire"},
	{form: "record get NAMESPACE SET KEY", summary: "print one record; the key is JSON", method: "GET", path: "/v1/namespaces/{NAMESPACE}/record?set={SET}&key={KEY}"},
	{form: "record delete NAMESPACE SET KEY", summary: "delete one record; the key is JSON", method: "DELETE", path: "/v1/namespaces/{NAMESPACE}/record?set={SET}&key={KEY}"},
	{form: "indexes", summary: "list the secondary indexes", method: "GET", path: "/v1/indexes"},
	{form: "history", summary: "print the history of records", method: "GET", path: "/v1/history"},
	{form: "history AFTER", summary: "print the events after a number", method: "GET", path: "/v1/history?after={AFTER}"},
	{form: "counters", summary: "print the statistics of all nodes", method: "GET", path: "/v1/counters"},
	{form: "info NODE COMMAND", summary: "execute an info command", method: "POST", path: "/v1/info", body: `{"node":"{NODE}","commands":["{COMMAND}"]}`},
	{form: "migrate", summary: "run all pending migrations", method: "POST", path: "/v1/migrate"},
	{form: "settle", summary: "wait until the cluster is settled", method: "POST", path: "/v1/settle"},
	{form: "reset", summary: "remove all records, indexes, modules and faults", method: "POST", path: "/v1/reset"},
	{form: "snapshot", summary: "print the whole state, for a file", method: "GET", path: "/v1/snapshot"},
	{form: "restore FILE", summary: "replace the whole state by that of a file, - for standard input", method: "POST", path: "/v1/snapshot", input: true},
	{form: "forks", summary: "list the forks", method: "GET", path: "/v1/forks"},
	{form: "fork", summary: "copy the cluster", method: "POST", path: "/v1/forks"},
	{form: "fork close ID", summary: "close a fork", method: "DELETE", path: "/v1/forks/{ID}"},
	{form: "openapi", summary: "print the OpenAPI document", method: "GET", path: "/openapi.json"},
}

// tokenVariable is the environment variable with the token, so that it is not on a command line.
const tokenVariable = "AEROSQL_CONTROL_TOKEN"

// ctlFlags are the flags of aerosql ctl.
type ctlFlags struct{ address, token, fork string }

// ctlCommand controls a running development cluster.
func ctlCommand() command.Command {
	forms := make([]command.Form, len(ctlForms))
	for i, f := range ctlForms {
		forms[i] = command.Form{Words: f.form, Summary: f.summary}
	}
	return command.Command{
		Name:    "ctl",
		Summary: "control a running development cluster",
		Args:    "COMMAND",
		Help: `Sends one request to the control address of aerosql serve and prints the answer, which is JSON.
The page docs/devserver.md has the requests as HTTP.`,
		Forms: forms,
		Examples: []command.Example{
			{Line: "aerosql ctl node kill A2", Summary: "ends a node as a crash does"},
			{Line: "aerosql ctl clock advance 60000", Summary: "moves the time of the cluster forward by a minute"},
			{Line: `aerosql ctl fault add '{"on":["writes"],"action":{"code":18}}'`, Summary: "makes writes fail"},
		},
		Setup: func(flags *flag.FlagSet) command.Run {
			var f ctlFlags
			flags.StringVar(&f.address, "control", "127.0.0.1:3999", "`address` that aerosql serve -control listens on")
			flags.StringVar(&f.token, "token", "", "`token` of the server (default $"+tokenVariable+")")
			flags.StringVar(&f.fork, "fork", "", "`id` of the fork to control instead of the server")
			return f.run
		},
	}
}

// run sends one request to the control address of a server and prints the answer.
func (f *ctlFlags) run(ctx context.Context, env *command.Env, args []string) error {
	c, values := findCtl(args)
	if c == nil {
		return command.Usage("unknown command %q", strings.Join(args, " "))
	}
	request, err := c.request(ctx, "http://"+f.address, values, f.fork)
	if err != nil {
		return err
	}
	if token := cmp.Or(f.token, os.Getenv(tokenVariable)); token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	return sendCtl(request, env.Out)
}

// findCtl returns the command with the given words, and the values of its variables. It returns nil
// if there is none.
func findCtl(words []string) (*ctlForm, map[string]string) {
	for i := range ctlForms {
		form := strings.Fields(ctlForms[i].form)
		if len(form) != len(words) {
			continue
		}
		values := make(map[string]string)
		if !slices.ContainsFunc(form, func(word string) bool {
			place := slices.Index(form, word)
			if word == strings.ToUpper(word) {
				values[word] = words[place]
				return false
			}
			return word != words[place]
		}) {
			return &ctlForms[i], values
		}
	}
	return nil, nil
}

// request returns the HTTP request of the command.
func (c *ctlForm) request(ctx context.Context, base string, values map[string]string, fork string) (*http.Request, error) {
	path, query, _ := strings.Cut(c.path, "?")
	path, query = substitute(path, values, url.PathEscape), substitute(query, values, url.QueryEscape)
	if fork != "" {
		query = strings.TrimPrefix(query+"&fork="+url.QueryEscape(fork), "&")
	}
	var body io.Reader
	switch {
	case c.input && values["FILE"] == "-":
		body = os.Stdin
	case c.input:
		data, err := os.ReadFile(values["FILE"])
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(data)
	case c.body == "{JSON}":
		body = strings.NewReader(values["JSON"])
	case c.body != "":
		body = strings.NewReader(substitute(c.body, values, quoteJSON))
	}
	target := base + path
	if query != "" {
		target += "?" + query
	}
	return http.NewRequestWithContext(ctx, c.method, target, body)
}

// quoteJSON returns a string as it is within quotes in JSON.
func quoteJSON(s string) string {
	quoted, _ := json.Marshal(s)
	return string(quoted[1 : len(quoted)-1])
}

// substitute replaces the variables in braces.
func substitute(text string, values map[string]string, escape func(string) string) string {
	var pairs []string
	for name, value := range values {
		pairs = append(pairs, "{"+name+"}", escape(value))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// sendCtl sends the request and prints the answer. An answer that is an error becomes an error.
func sendCtl(request *http.Request, stdout io.Writer) error {
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("no answer from the control address: %w", err)
	}
	defer response.Body.Close()
	defer http.DefaultClient.CloseIdleConnections()
	if response.StatusCode == http.StatusOK {
		_, err = io.Copy(stdout, response.Body)
		return err
	}
	text, _ := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	var failure struct{ Error string }
	if json.Unmarshal(text, &failure) == nil && failure.Error != "" {
		return errors.New(failure.Error)
	}
	return fmt.Errorf("%s: %s", response.Status, text)
}
