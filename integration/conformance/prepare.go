package conformance

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"

	"github.com/aerosql/aerosql/protocol/wire"
)

// Prepare brings the server into the state in which the recordings start: set "c" of namespace
// "test" is empty, and the functions of conf.lua, found in dir, are registered.
func Prepare(dial Dial, dir string) error {
	name := "conf.lua"
	source, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	content := base64.StdEncoding.EncodeToString(source)
	_, err = Ask(dial,
		"truncate:namespace=test;set=c",
		fmt.Sprintf("udf-put:filename=%s;content=%s;content-len=%d;udf-type=LUA;", name, content, len(content)))
	return err
}

// Ask sends info commands. It returns an error if any response is an error.
func Ask(dial Dial, commands ...string) ([]wire.InfoAnswer, error) {
	p := player{dial: dial}
	defer p.close()
	if err := p.connect(); err != nil {
		return nil, err
	}
	request, err := wire.AppendInfo(nil, commands...)
	if err != nil {
		return nil, err
	}
	answer, err := p.exchange(request)
	if err != nil {
		return nil, err
	}
	answers, err := wire.ParseInfo(answer[wire.ProtoHeaderSize:])
	if err != nil {
		return nil, err
	}
	for _, a := range answers {
		if failure, isError := wire.ParseInfoError(a.Value); isError {
			return nil, fmt.Errorf("%.60s: %w", a.Command, failure)
		}
	}
	return answers, nil
}
