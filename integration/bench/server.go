package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/cluster/devserver"
)

// serveArgument makes the command run a devserver until its standard input ends. The number of its
// nodes follows.
const serveArgument = "serve-for-bench"

func serve(nodes string) error {
	n, err := strconv.Atoi(nodes)
	if err != nil {
		return err
	}
	server, err := devserver.Start(devserver.Options{Listen: "127.0.0.1:0", Nodes: n})
	if err != nil {
		return err
	}
	fmt.Println(server.Seeds()[0])
	io.Copy(io.Discard, os.Stdin)
	return server.Close()
}

// A child is a devserver in a process of its own, so that its CPU time is counted separately.
type child struct {
	addr  string
	pid   int
	input io.Closer
	cmd   *exec.Cmd
}

// startServer starts a devserver with a number of nodes.
func startServer(nodes int) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, serveArgument, strconv.Itoa(nodes))
	cmd.Stderr = os.Stderr
	input, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	addr, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("the devserver has not started: %w", err)
	}
	return &child{strings.TrimSpace(addr), cmd.Process.Pid, input, cmd}, nil
}

func (c *child) stop() {
	c.input.Close()
	c.cmd.Wait()
}
