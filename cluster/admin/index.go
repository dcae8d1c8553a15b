package admin

import (
	"context"
	"encoding/base64"
	"strings"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/internal/info"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// An IndexType is the type of the values in a secondary index. The index ignores values of other
// types.
type IndexType uint8

// The index types.
const (
	IndexNumeric IndexType = iota // integers
	IndexString
	IndexBlob // needs server 7.0
	IndexGeo  // GeoJSON points and regions: GEO2DSPHERE
)

// wireName returns the type's name in info commands.
func (t IndexType) wireName() string {
	return [...]string{"NUMERIC", "STRING", "BLOB", "GEO2DSPHERE"}[t]
}

// An Index describes a secondary index.
type Index struct {
	Namespace string
	// Set is the set whose records are indexed; "" means the whole namespace.
	Set  string
	Name string
	// Bin is the indexed bin. It must be "" if Expression is set.
	Bin        string
	Type       IndexType
	Collection cluster.IndexCollection
	// Context is the path to the indexed value inside the bin. If it is empty, the bin itself is
	// indexed. Needs server 6.1.
	Context cdt.Context
	// Expression is a packed expression, as returned by exp.Pack. Its value is indexed instead of a
	// bin. Needs server 8.1.
	Expression []byte
}

// check returns an error if fields contradict each other, or if a name contains characters that
// would change the meaning of the info command.
func (ix *Index) check() error {
	switch {
	case ix.Namespace == "" || ix.Name == "":
		return configError("an Index needs a Namespace and a Name")
	case protocol.CheckNewName("index", ix.Name) != nil:
		return configError("Index: %w", protocol.CheckNewName("index", ix.Name))
	case len(ix.Name) > maxIndexName || !info.Safe(ix.Namespace, ix.Set, ix.Name, ix.Bin):
		return configError("Index: names may not contain ';', ':', '=' or control characters, and the index name %q may have at most %d bytes", ix.Name, maxIndexName)
	case ix.Type > IndexGeo || ix.Collection > cluster.IndexMapValues:
		return configError("Index has an unknown Type or Collection")
	case ix.Expression != nil && (ix.Bin != "" || len(ix.Context) > 0):
		return configError("Index.Expression replaces Bin and Context; leave those empty")
	case ix.Expression == nil && ix.Bin == "":
		return configError("an Index needs a Bin or an Expression")
	case ix.Type == IndexGeo && ix.Collection == cluster.IndexMapKeys:
		return configError("map keys can't be GeoJSON; use cluster.IndexMapValues or another Type")
	}
	return nil
}

// maxIndexName is the server's limit in bytes (docs/wire-core.md#2, field 21).
const maxIndexName = 63

// command returns the info command that creates the index. inNamespace is the parameter for the
// namespace (docs/wire-core.md#8.5).
func (ix *Index) command(inNamespace string) (string, error) {
	var b strings.Builder
	b.WriteString(inNamespace)
	if ix.Set != "" {
		b.WriteString(";set=" + ix.Set)
	}
	b.WriteString(";indexname=" + ix.Name)
	if len(ix.Context) > 0 {
		text, err := ix.Context.Base64()
		if err != nil {
			return "", clientError(err)
		}
		b.WriteString(";context=" + text)
	}
	if ix.Expression != nil {
		b.WriteString(";exp=" + base64.StdEncoding.EncodeToString(ix.Expression))
	}
	if ix.Collection != cluster.IndexDefault {
		b.WriteString(";indextype=" + ix.Collection.String())
	}
	if ix.Bin != "" {
		b.WriteString(";bin=" + ix.Bin)
	}
	b.WriteString(";type=" + ix.Type.wireName())
	return b.String(), nil
}

// CreateIndex creates a secondary index. The nodes add existing records in the background; the task
// is done when all nodes have finished. If an index with the same definition exists, CreateIndex
// renames it and succeeds. If an index with a different definition has the name, the error is
// protocol.IndexFound.
func (c *Client) CreateIndex(ctx context.Context, p *cluster.InfoPolicy, index Index) (_ *IndexTask, err error) {
	defer c.about(&err, "CreateIndex", index.Namespace, index.Set)
	if err := index.check(); err != nil {
		return nil, err
	}
	command, err := index.command("sindex-create:" + c.namespaceParam("ns", index.Namespace))
	if err != nil {
		return nil, err
	}
	return c.createIndex(ctx, p, index.Namespace, index.Name, command)
}

func (c *Client) createIndex(ctx context.Context, p *cluster.InfoPolicy, namespace, name, command string) (*IndexTask, error) {
	// The server accepts indexes in namespaces that do not exist.
	if err := c.native().CheckNamespace(namespace); err != nil {
		return nil, err
	}
	if _, err := c.value(ctx, p, command); err != nil {
		return nil, err
	}
	return &IndexTask{c, namespace, name}, nil
}

// DropIndex removes a secondary index. It succeeds if the index does not exist. The task is done
// when all nodes have removed the index.
func (c *Client) DropIndex(ctx context.Context, p *cluster.InfoPolicy, namespace, set, name string) (_ *Task, err error) {
	defer c.about(&err, "DropIndex", namespace, set)
	if !info.Safe(namespace, set, name) || name == "" {
		return nil, configError("an index name %q of namespace %q and set %q", name, namespace, set)
	}
	if err := c.native().CheckNamespace(namespace); err != nil {
		return nil, err
	}
	command := "sindex-delete:" + c.namespaceParam("ns", namespace)
	if set != "" {
		command += ";set=" + set
	}
	if _, err := c.value(ctx, p, command+";indexname="+name); err != nil {
		return nil, err
	}
	return &Task{c, func(ctx context.Context) (bool, error) {
		return c.onAll(ctx, c.indexExists(namespace, name), func(answer string) (bool, error) {
			return answer == "false", info.Error(answer)
		})
	}}, nil
}

// IndexExists reports whether an index with the name exists on one of the nodes, even if it is not
// built yet.
func (c *Client) IndexExists(ctx context.Context, p *cluster.InfoPolicy, namespace, name string) (_ bool, err error) {
	defer c.about(&err, "IndexExists", namespace, "")
	if !info.Safe(namespace, name) || namespace == "" || name == "" {
		return false, configError("an index name %q of namespace %q", name, namespace)
	}
	if err := c.native().CheckNamespace(namespace); err != nil {
		return false, err
	}
	answer, err := c.value(ctx, p, c.indexExists(namespace, name))
	return answer == "true", err
}

func (c *Client) indexExists(namespace, name string) string {
	return "sindex-exists:" + c.namespaceParam("ns", namespace) + ";indexname=" + name
}

func (c *Client) indexStat(namespace, name string) string {
	return "sindex-stat:" + c.namespaceParam("ns", namespace) + ";indexname=" + name
}
