-- A POST with a complaint, each with an Idempotency-Key of its own. Arguments: key, salt, known customers, delay in ms.
local threads = 0
function setup(thread) thread:set("id", threads); threads = threads + 1 end

local sent, pause = 0, 0
function init(args)
  key, salt, customers, pause = args[1], args[2], tonumber(args[3]), tonumber(args[4])
  math.randomseed(id * 7919 + os.time())
end

-- Drawn around it: a constant one would keep all connections in step, and send them in bursts.
function delay() return pause == 0 and 0 or math.random(0, 2 * pause) end

function request()
  sent = sent + 1
  local name = salt .. "-" .. id .. "-" .. sent
  local who = math.random(customers)
  local person = '{"name":"Ana Ruiz","email":"ana.ruiz.' .. who .. '@example.org","external_id":"c-' .. who .. '","language":"es"}'
  local body = '{"channel":"web","kind":"product","category":"charged_twice","subject":"Charged twice",'
    .. '"text":"You took 49.90 from my card twice for the same order, on 27 February and again on 1 March, and nobody '
    .. 'calls me back although I have asked three times. I want the second charge back, and I want to know how this '
    .. 'could happen.","product":"card","product_reference":"order-' .. name .. '","place":"Madrid",'
    .. '"amount_at_stake":{"value":"49.90","currency":"EUR"},"complainant":' .. person
    .. ',"metadata":{"campaign":"spring"}}'
  local headers = {["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. key, ["Idempotency-Key"] = name}
  return wrk.format("POST", nil, headers, body)
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format('RESULT {"requests":%d,"refused":%d,"seconds":%f,"p50":%f,"p99":%f,"bad":%d}\n', summary.requests,
    e.status, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    e.connect + e.read + e.write + e.status + e.timeout))
end
