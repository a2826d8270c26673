-- A fixed program for lua: tables, closures, strings and coroutines. The argument is the number of
-- rounds.

local function draws(seed)
  local state = seed
  return function()
    state = state * 6364136223846793005 + 1442695040888963407
    return state >> 33
  end
end

local function tree(depth)
  if depth == 0 then
    return { value = 1 }
  end
  return { left = tree(depth - 1), right = tree(depth - 1), value = depth }
end

local function tree_sum(node)
  if not node.left then
    return node.value
  end
  return node.value + tree_sum(node.left) + tree_sum(node.right)
end

local function words(seed, count)
  local draw = draws(seed)
  local parts = {}
  for i = 1, count do
    parts[i] = string.format("word%d", draw() % 3000)
  end
  local counts, distinct = {}, 0
  for word in table.concat(parts, " "):gmatch("%a+%d+") do
    if not counts[word] then
      distinct = distinct + 1
    end
    counts[word] = (counts[word] or 0) + 1
  end
  local names = {}
  for name in pairs(counts) do
    names[#names + 1] = name
  end
  table.sort(names)
  local sum = distinct
  for rank, name in ipairs(names) do
    sum = sum + rank * counts[name]
  end
  return sum
end

local function closures(count)
  local list = {}
  for i = 1, count do
    list[i] = function(x) return x + i end
  end
  local sum = 0
  for i = 1, count do
    sum = sum + list[i](i)
  end
  return sum
end

local function generator_sum(count)
  local sum = 0
  for i = 1, count do
    local routine = coroutine.wrap(function()
      coroutine.yield(i)
      coroutine.yield(i * 2)
    end)
    sum = sum + routine() + routine()
  end
  return sum
end

local rounds = tonumber(arg[1])
local total = 0
for seed = 1, rounds do
  total = total + tree_sum(tree(14))
  total = total + words(seed, 20000)
  total = total + closures(20000)
  total = total + generator_sum(3000)
end
print("lua", rounds, total)
