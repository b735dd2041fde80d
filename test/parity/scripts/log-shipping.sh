#!/bin/sh
# Sends the lines of a log that matter, and collects them at the other end.
set -eu
broker="-h $MQTT_HOST -p $MQTT_PORT"

awk 'BEGIN { for (i = 1; i <= 300; i++) {
  level = i % 10 == 0 ? "ERROR" : i % 3 == 0 ? "DEBUG" : "INFO"
  printf "2026-11-21T10:%02d:%02d %-5s request %d \"GET /räume?id=%d\"\t%d ms\n", i / 60, i % 60, level, i, i * 7, i % 97
} }' > app.log
grep -v DEBUG app.log > wanted.log
count=$(wc -l < wanted.log)

for host in 1 2 4; do
  mosquitto_sub $broker -c -i "collector$host" -q 1 -t "logs/host$host/app" -E
done
mosquitto_sub $broker -c -i counter -q 2 -t 'logs/+/app' -E

mosquitto_pub $broker -q 1 -t "logs/host1/app" -l < wanted.log
mosquitto_sub $broker -c -i collector1 -q 1 -t logs/host1/app -C "$count" > collected.log
cmp wanted.log collected.log && echo "collected $((count)) lines"
mosquitto_sub $broker -c -i counter -q 2 -t 'logs/+/app' -C "$count" -F '%t %l' | sort | uniq -c | sort -rn | head -3

echo '-- the last line has no end'
printf 'one\ntwo\r\n\nlast' | mosquitto_pub $broker -q 1 -t "logs/host2/app" -l
mosquitto_sub $broker -c -i collector2 -q 1 -t logs/host2/app -C 4 -v | od -c

echo '-- nothing to send'
mosquitto_pub $broker -q 1 -t "logs/host3/app" -l < /dev/null
echo "status $?"

echo '-- the whole file'
mosquitto_pub $broker -q 1 -t "logs/host4/app" -f wanted.log
mosquitto_sub $broker -c -i collector4 -q 1 -t logs/host4/app -C 1 -N | cmp - wanted.log && echo same
