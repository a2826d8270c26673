-- Work for lua: tables, strings, closures, coroutines, and a collector kept busy.
local state = 99991
local function number(n)
    state = (state * 1103515245 + 12345) % 2147483648
    return state % n
end

local words = {}
for i = 1, 60000 do
    local t = {}
    for k = 1, 1 + number(8) do t[k] = string.char(97 + number(26)) end
    words[i] = table.concat(t)
end
table.sort(words)
print(#words, words[1], words[30000], words[60000])

local count = {}
for _, w in ipairs(words) do
    local k = w:sub(1, 2)
    count[k] = (count[k] or 0) + 1
end
local keys = {}
for k in pairs(count) do keys[#keys + 1] = k end
table.sort(keys, function(a, b) return count[a] > count[b] or count[a] == count[b] and a < b end)
print(#keys, keys[1], count[keys[1]], keys[#keys], count[keys[#keys]])

local function tree(depth)
    if depth == 0 then return {} end
    return {tree(depth - 1), tree(depth - 1)}
end
local function size(t)
    return t[1] and 1 + size(t[1]) + size(t[2]) or 1
end
for depth = 4, 15 do print("tree", depth, size(tree(depth))) end

local text = table.concat(words, " ")
print(#text, select(2, text:gsub("(%w)(%w)", "%2%1")), #text:rep(20))

local generator = coroutine.wrap(function()
    for i = 1, 20000 do coroutine.yield({i, tostring(i)}) end
end)
local sum = 0
for _ = 1, 20000 do
    local pair = generator()
    sum = sum + pair[1] + #pair[2]
end
print("coroutine", sum)
for i = 1, 100 do local big = string.rep("x", i * 10000) sum = sum + #big end
print("strings", sum)
