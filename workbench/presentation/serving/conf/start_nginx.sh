#!/bin/sh
# Written by: workbench serve --recipe. Starts nginx; where its first process was killed, its others still hold the port.
left=$(cat @FOLDER@/run/nginx.pid 2>/dev/null)
[ -n "$left" ] && pkill -KILL -x -g "$left" nginx
exec nginx -p @FOLDER@ -c @FOLDER@/nginx.conf -g "daemon off;"
