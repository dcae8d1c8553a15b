package devserver

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// TestGeoJSONCells compares the cells of shapes with those of a real server.
func TestGeoJSONCells(t *testing.T) {
	c := &command{}
	for _, test := range []struct{ text, cells string }{
		{`{"type":"Point","coordinates":[0,1]}`, "0000011001e20aa0007581"},
		{`{"type":"Polygon","coordinates":[[[0,0],[0,0],[1,0],[1,1],[0,0]]]}`,
			"01000c05555555555555550fffffffffffffff10004000000000001000c0000000000010014000000000001001aaaaaac00000" +
				"1aaa0c00000000001aaa7000000000001aaa8400000000001aaa9c00000000001aaaa400000000001aaaac0000000000"},
		{`{"type":"AeroCircle","coordinates":[[93.10804483971543,51.24544203289009],211.42090714034256]}`,
			"0100095d39fe42cc0000005d39fe42d40000005d39fe43300000005d39fe5c300000005d39fe5c500000005d39fe5c70000000" +
				"5d39fe5cc00000005d39fe5d400000005d39fe5dc0000000"},
		{`{"type":"Polygon","coordinates":[]}`, "010000"},
	} {
		stored, code := c.storedGeoJSON(append([]byte{0, 0, 0}, test.text...))
		require.Equal(t, protocol.OK, code, test.text)
		require.Equal(t, test.cells, hex.EncodeToString(stored[:len(stored)-len(test.text)]), test.text)
		require.Equal(t, test.text, string(stored[len(stored)-len(test.text):]))
	}
}

func TestGeoJSONRefusals(t *testing.T) {
	c := &command{}
	for _, text := range []string{
		``, `null`, `[]`, `{}`, `{"type":"Point"}`, `{"Type":"Point","coordinates":[0,1]}`, `{"type":"point","coordinates":[0,1]}`,
		`{"type":"Point","coordinates":[1,2,3]}`, `{"type":"Point","coordinates":[1,"2"]}`, `{"type":"Point","coordinates":[1,null]}`,
		`{"type":"Point","coordinates":[181,2]}`, `{"type":"Point","coordinates":[0,91]}`, `{"type":"Point","coordinates":[0,1]} x`,
		`{"type":"Polygon","coordinates":null}`, `{"type":"Polygon","coordinates":[[[0,0],[1,0],[0,0]]]}`,
		`{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]}`, `{"type":"LineString","coordinates":[[0,0],[1,1]]}`,
		`{"type":"AeroCircle","coordinates":[[0,0],null]}`, `{"type":"AeroCircle","coordinates":[[0,0],1e9]}`,
		`{"type":"Feature"}`, `{"type":"Feature","geometry":{"type":"Feature","geometry":{"type":"Point","coordinates":[5,5]}}}`,
	} {
		_, code := c.storedGeoJSON(append([]byte{0, 0, 0}, text...))
		require.Equal(t, protocol.InvalidGeoJSON, code, text)
	}
	for _, data := range [][]byte{nil, {0, 0}, {0, 0, 9, 1}} {
		_, code := c.storedGeoJSON(data)
		require.Equal(t, protocol.InvalidGeoJSON, code)
	}
}
