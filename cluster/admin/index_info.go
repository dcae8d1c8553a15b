package admin

import (
	"context"
	"fmt"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/internal/info"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// CreateSetIndex creates an index of all records of a set. It speeds up queries of a small set in a
// large namespace. The task works as for CreateIndex. Needs server 8.1.
func (c *Client) CreateSetIndex(ctx context.Context, p *cluster.InfoPolicy, namespace, set, name string) (_ *IndexTask, err error) {
	defer c.about(&err, "CreateSetIndex", namespace, set)
	if err := protocol.CheckNewName("index", name); err != nil {
		return nil, configError("%w", err)
	}
	if namespace == "" || set == "" || name == "" || !info.Safe(namespace, set, name) {
		return nil, configError("a set index needs namespace, set and name without ';', ':' and '='; they are %q, %q and %q", namespace, set, name)
	}
	command := "sindex-create:" + c.namespaceParam("ns", namespace) + ";set=" + set + ";indexname=" + name + ";indextype=SET"
	return c.createIndex(ctx, p, namespace, name, command)
}

// An IndexInfo is an index as a node lists it.
type IndexInfo struct {
	Index
	// OfSet is true for an index of a whole set. Bin, Type and Collection are not set then.
	OfSet bool
	// Readable is true if the index is complete.
	Readable bool
}

// Indexes returns one node's list of the secondary indexes of a namespace; "" means all namespaces.
func (c *Client) Indexes(ctx context.Context, p *cluster.InfoPolicy, namespace string) (_ []IndexInfo, err error) {
	defer c.about(&err, "Indexes", namespace, "")
	if !info.Safe(namespace) {
		return nil, configError("a namespace named %q", namespace)
	}
	if namespace != "" {
		if err := c.native().CheckNamespace(namespace); err != nil {
			return nil, err
		}
	}
	answer, err := c.value(ctx, p, info.ListIndexes(namespace, c.since81()))
	if err != nil {
		return nil, err
	}
	return parseIndexes(answer)
}

func parseIndexes(answer string) ([]IndexInfo, error) {
	list, err := info.ParseIndexes(answer)
	if err != nil {
		return nil, err
	}
	all := make([]IndexInfo, 0, len(list))
	for i := range list {
		index, err := newIndexInfo(&list[i])
		if err != nil {
			return nil, clientError(fmt.Errorf("%w: index %s: %w", protocol.ErrMalformed, list[i].Name, err))
		}
		all = append(all, index)
	}
	return all, nil
}

func newIndexInfo(ix *info.Index) (_ IndexInfo, err error) {
	result := IndexInfo{
		Index: Index{Namespace: ix.Namespace, Set: ix.Set, Name: ix.Name, Bin: ix.Bin, Collection: ix.Collection, Expression: ix.Expression},
		OfSet: ix.OfSet, Readable: ix.Readable,
	}
	if ix.OfSet {
		return result, nil
	}
	if result.Type, err = parseIndexType(ix.Type); err == nil && ix.Context != "" {
		result.Context, err = cdt.ParseContextBase64(ix.Context)
	}
	return result, err
}

func parseIndexType(name string) (IndexType, error) {
	for t := IndexNumeric; t <= IndexGeo; t++ {
		if name == t.wireName() {
			return t, nil
		}
	}
	return 0, fmt.Errorf("type %.40q", name)
}

// IndexStatistics are one node's statistics of an index.
type IndexStatistics struct {
	Entries         int64
	UsedBytes       int64
	EntriesPerValue int64 // average number of records per value
	EntriesPerRec   int64 // average number of values per record
	LoadPercent     int   // 100 if the index is complete
	LoadTime        int64 // seconds that it took to build the index
	Collected       int64 // entries removed by garbage collection
}

// IndexStatistics returns each node's statistics of an index, keyed by node name. If a node does
// not have the index, the error is protocol.IndexNotFound.
func (c *Client) IndexStatistics(ctx context.Context, p *cluster.InfoPolicy, namespace, name string) (_ map[string]IndexStatistics, err error) {
	defer c.about(&err, "IndexStatistics", namespace, "")
	if namespace == "" || name == "" || !info.Safe(namespace, name) {
		return nil, configError("an index name %q of namespace %q", name, namespace)
	}
	if err := c.native().CheckNamespace(namespace); err != nil {
		return nil, err
	}
	return ofEach(ctx, c, p, c.indexStat(namespace, name), func(answer string) (IndexStatistics, error) {
		f := parseFields(answer)
		return IndexStatistics{
			Entries: f.Int("entries"), UsedBytes: f.Int("used_bytes"),
			EntriesPerValue: f.Int("entries_per_bval"), EntriesPerRec: f.Int("entries_per_rec"),
			LoadPercent: int(f.Int("load_pct")), LoadTime: f.Int("load_time"), Collected: f.Int("stat_gc_recs"),
		}, nil
	})
}
