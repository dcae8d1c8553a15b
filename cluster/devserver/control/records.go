package control

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cluster/devserver/seed"
	"github.com/aerosql/aerosql/internal/recordfile"
	"github.com/aerosql/aerosql/protocol"
)

// jsonLines is the media type of lines of JSON.
const jsonLines = "application/x-ndjson"

const keyParameter = `key:the user key as JSON: "text", 7, or {"$bytes":"base64"}`

func recordRoutes() []route {
	const path = "/v1/namespaces/{namespace}/records"
	dump := route{
		method: http.MethodGet, path: path, summary: "Returns all records as lines of JSON.", calls: "Records",
		parameters: []string{"set:only records of this set"}, stream: jsonLines, serve: (*call).dump,
	}
	load := route{
		method: http.MethodPost, path: path, summary: "Stores records from lines of JSON.", calls: "Store",
		out: typeOf[seed.Counts](), stream: jsonLines, serve: (*call).load,
	}
	return []route{
		dump, load,
		get[json.RawMessage]("/v1/namespaces/{namespace}/record", "Returns the current state of one record.", "Peek", (*call).peek, "set:the set", keyParameter),
		remove("/v1/namespaces/{namespace}/record", "Deletes one record.", "Delete", (*call).delete, "set:the set", keyParameter, "durable:true for a durable delete"),
	}
}

// key returns the key that the query parameters name.
func (c *call) key() (protocol.Key, error) {
	line, err := json.Marshal(map[string]any{
		"namespace": c.path("namespace"), "set": c.query("set"), "key": json.RawMessage(c.query("key")), "bins": map[string]any{"x": 1},
	})
	if err != nil {
		return protocol.Key{}, fmt.Errorf("the parameter key is no JSON: %w", err)
	}
	r, err := recordfile.ParseJSON(line, "")
	return r.Key, err
}

func (c *call) peek() (any, error) {
	key, err := c.key()
	if err != nil {
		return nil, err
	}
	r := c.server.Peek(key)
	if r == nil {
		return nil, notFound("no record " + key.String())
	}
	line, err := recordfile.AppendJSON(nil, r, ttlAt(c.server, r))
	return json.RawMessage(line), err
}

func (c *call) delete() (any, error) {
	key, err := c.key()
	if err != nil {
		return nil, err
	}
	return ok, c.server.Delete(key, c.query("durable") == "true")
}

// dump writes the records. An error after the first record can only end the answer early, so the
// connection is closed without its end then.
func (c *call) dump() (any, error) {
	namespace := c.path("namespace")
	if err := c.hasNamespace(namespace); err != nil {
		return nil, err
	}
	c.writer.Header().Set("Content-Type", jsonLines)
	var buf []byte
	for r := range c.server.Records(namespace, c.query("set")) {
		var err error
		if buf, err = recordfile.AppendJSON(buf[:0], r, ttlAt(c.server, r)); err != nil {
			panic(http.ErrAbortHandler)
		}
		if _, err := c.writer.Write(buf); err != nil {
			return streamed{}, nil
		}
	}
	return streamed{}, nil
}

func (c *call) hasNamespace(name string) error {
	for _, ns := range c.server.Namespaces() {
		if ns.Name == name {
			return nil
		}
	}
	return fmt.Errorf("%w %q", devserver.ErrNoNamespace, name)
}

func (c *call) load() (any, error) {
	return seed.LoadJSON(c.server, c.path("namespace"), c.request.Body)
}

// ttlAt returns the time to live of a record in seconds, -1 for never.
func ttlAt(s *devserver.Server, r *protocol.Record) int64 {
	ttl := r.TTL(s.Now())
	if ttl == protocol.NeverExpires {
		return -1
	}
	return int64(ttl.Seconds())
}
