package cluster

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// CreateSetIndex creates an index of all records of a set, which makes queries of a small set in a
// large namespace fast (server 8.1). The task is that of CreateIndex.
func (c *Client) CreateSetIndex(ctx context.Context, p *InfoPolicy, namespace, set, name string) (_ *IndexTask, err error) {
	defer c.about(&err, "CreateSetIndex", namespace, set)
	if err := protocol.CheckNewName("index", name); err != nil {
		return nil, clientError(configError("%w", err))
	}
	if namespace == "" || set == "" || name == "" || !infoSafe(namespace, set, name) {
		return nil, clientError(configError("a set index needs namespace, set and name without ';', ':' and '='; they are %q, %q and %q", namespace, set, name))
	}
	command := "sindex-create:" + c.namespaceParam("ns", namespace) + ";set=" + set + ";indexname=" + name + ";indextype=SET"
	return c.createIndex(ctx, p, namespace, name, command)
}

// An IndexInfo is an index as a node knows it.
type IndexInfo struct {
	Index
	// OfSet: it is a set index, which has no Bin, Type and Collection.
	OfSet bool
	// Readable: it is built and can be used.
	Readable bool
}

// Indexes lists the secondary indexes of a namespace, or with "" of all, as one node knows them.
func (c *Client) Indexes(ctx context.Context, p *InfoPolicy, namespace string) (_ []IndexInfo, err error) {
	defer c.about(&err, "Indexes", namespace, "")
	if !infoSafe(namespace) {
		return nil, clientError(configError("a namespace named %q", namespace))
	}
	command := "sindex-list:b64=true"
	if namespace != "" {
		if err := c.checkNamespace(namespace); err != nil {
			return nil, err
		}
		command = "sindex-list:" + c.namespaceParam("ns", namespace) + ";b64=true"
	}
	answer, err := c.infoValue(ctx, p, command)
	if err != nil {
		return nil, err
	}
	return parseIndexes(answer)
}

func parseIndexes(answer string) ([]IndexInfo, error) {
	all := make([]IndexInfo, 0, strings.Count(answer, "indextype="))
	for entry := range strings.SplitSeq(answer, ";") {
		if entry == "" {
			continue
		}
		info, err := parseIndex(parseNamed(entry, behindIndex, []string{"ns", "indexname", "set"}, []string{"bin"}))
		if err != nil {
			return nil, clientError(fmt.Errorf("%w: the index %.80q: %v", protocol.ErrMalformed, entry, err))
		}
		all = append(all, info)
	}
	return all, nil
}

// parseIndex reads one entry of a list of indexes (docs/wire-core.md#8.5); "null" is nothing.
func parseIndex(f InfoFields) (info IndexInfo, err error) {
	for name, value := range f {
		if value == "null" {
			f[name] = ""
		}
	}
	info.Namespace, info.Set, info.Name, info.Bin = f["ns"], f["set"], f["indexname"], f["bin"]
	if info.OfSet = f["indextype"] == "set"; info.OfSet {
		// A node lists a set index without a state.
		info.Readable = f["state"] == "" || f["state"] == "RW"
		return info, nil
	}
	info.Readable = f["state"] == "RW"
	if info.Type, err = parseIndexType(f["type"]); err != nil {
		return info, err
	}
	if info.Collection, err = parseIndexCollection(f["indextype"]); err != nil {
		return info, err
	}
	if f["context"] != "" {
		if info.Context, err = cdt.ParseContextBase64(f["context"]); err != nil {
			return info, err
		}
	}
	if f["exp"] != "" {
		info.Expression, err = base64.StdEncoding.DecodeString(f["exp"])
	}
	return info, err
}

func parseIndexType(name string) (IndexType, error) {
	if strings.EqualFold(name, "integer") {
		return IndexNumeric, nil // servers from 8.1.3
	}
	for t := IndexNumeric; t <= IndexGeo; t++ {
		if strings.EqualFold(name, t.wireName()) {
			return t, nil
		}
	}
	return 0, fmt.Errorf("type %.40q", name)
}

func parseIndexCollection(name string) (IndexCollection, error) {
	for k := IndexDefault; k <= IndexMapValues; k++ {
		if strings.EqualFold(name, k.String()) {
			return k, nil
		}
	}
	return 0, fmt.Errorf("indextype %.40q", name)
}

// IndexStatistics are a node's numbers about one index.
type IndexStatistics struct {
	Entries         int64
	UsedBytes       int64
	EntriesPerValue int64 // average number of records with the same value
	EntriesPerRec   int64 // average number of values of a record
	LoadPercent     int   // 100: it can be used
	LoadTime        int64 // seconds that building it took
	Collected       int64 // entries that garbage collection has removed
}

// IndexStatistics returns the numbers about an index, by the nodes' names. An index that the first
// node to fail does not know is an error that is protocol.IndexNotFound.
func (c *Client) IndexStatistics(ctx context.Context, p *InfoPolicy, namespace, name string) (_ map[string]IndexStatistics, err error) {
	defer c.about(&err, "IndexStatistics", namespace, "")
	if namespace == "" || name == "" || !infoSafe(namespace, name) {
		return nil, clientError(configError("an index name %q of namespace %q", name, namespace))
	}
	if err := c.checkNamespace(namespace); err != nil {
		return nil, err
	}
	return infoOfEach(ctx, c, p, c.indexStat(namespace, name), func(answer string) (IndexStatistics, error) {
		f := parseFields(answer, ";")
		return IndexStatistics{
			Entries: f.Int("entries"), UsedBytes: f.Int("used_bytes"),
			EntriesPerValue: f.Int("entries_per_bval"), EntriesPerRec: f.Int("entries_per_rec"),
			LoadPercent: int(f.Int("load_pct")), LoadTime: f.Int("load_time"), Collected: f.Int("stat_gc_recs"),
		}, nil
	})
}
