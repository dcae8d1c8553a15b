package info

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// An Index is a secondary index as a node lists it.
type Index struct {
	Namespace, Set, Name, Bin string
	Type                      string // as in sindex-create; "" for an index of a whole set
	Collection                protocol.IndexCollection
	Context                   string // a packed context in base64; "" if there is none
	Expression                []byte // a packed expression; nil if there is none
	OfSet                     bool   // the index holds all records of the set
	Readable                  bool   // the index is complete
}

// ListIndexes returns the command that lists the indexes of a namespace; "" means all namespaces.
func ListIndexes(namespace string, since81 bool) string {
	if namespace == "" {
		return "sindex-list:b64=true"
	}
	return "sindex-list:" + NamespaceParam("ns", namespace, since81) + ";b64=true"
}

// ParseIndexes parses a list of indexes (docs/wire-core.md#8.5).
func ParseIndexes(list string) ([]Index, error) {
	all := make([]Index, 0, strings.Count(list, "indextype="))
	for entry := range strings.SplitSeq(list, ";") {
		if entry == "" {
			continue
		}
		index, err := parseIndex(parseNamed(entry, afterIndex, []string{"ns", "indexname", "set"}, []string{"bin"}))
		if err != nil {
			return nil, malformed(fmt.Errorf("index %.80q: %v", entry, err))
		}
		all = append(all, index)
	}
	return all, nil
}

// parseIndex converts one entry of a list of indexes. The value "null" means that a field has no
// value.
func parseIndex(f map[string]string) (ix Index, err error) {
	for name, value := range f {
		if value == "null" {
			f[name] = ""
		}
	}
	ix.Namespace, ix.Set, ix.Name, ix.Bin = f["ns"], f["set"], f["indexname"], f["bin"]
	if ix.OfSet = f["indextype"] == "set"; ix.OfSet {
		// A node lists a set index without a state.
		ix.Readable = f["state"] == "" || f["state"] == "RW"
		return ix, nil
	}
	ix.Readable = f["state"] == "RW"
	if ix.Type = strings.ToUpper(f["type"]); ix.Type == "INTEGER" {
		ix.Type = "NUMERIC" // servers from 8.1.3
	}
	if ix.Collection, err = parseCollection(f["indextype"]); err != nil {
		return ix, err
	}
	ix.Context = f["context"]
	if f["exp"] != "" {
		ix.Expression, err = base64.StdEncoding.DecodeString(f["exp"])
	}
	return ix, err
}

func parseCollection(name string) (protocol.IndexCollection, error) {
	for k := protocol.IndexDefault; k <= protocol.IndexMapValues; k++ {
		if strings.EqualFold(name, k.String()) {
			return k, nil
		}
	}
	return 0, fmt.Errorf("indextype %.40q", name)
}
